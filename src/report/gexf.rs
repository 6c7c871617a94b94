//! The network of outlets as GEXF 1.3, for Gephi and its kin: <https://gexf.net/schema.html>.

use std::io::{self, Write};

use crate::analysis::Network;
use crate::page::escape;
use crate::tables::rounded;

/// Writes the network: outlets as nodes, who followed whom as directed edges, weighted by passages.
pub(super) fn write(network: &Network, file: &mut dyn Write) -> io::Result<()> {
    file.write_all(
        br#"<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3">
  <meta>
    <creator>newsfold</creator>
    <description>Outlets that published a passage first, and those that followed</description>
  </meta>
  <graph mode="static" defaultedgetype="directed">
    <attributes class="node">
      <attribute id="articles" title="articles" type="integer"/>
      <attribute id="copied_articles" title="copied_articles" type="integer"/>
      <attribute id="original_articles" title="original_articles" type="integer"/>
    </attributes>
    <attributes class="edge">
      <attribute id="passages" title="passages" type="integer"/>
      <attribute id="articles" title="articles" type="integer"/>
      <attribute id="median_lag_hours" title="median_lag_hours" type="double"/>
    </attributes>
    <nodes>
"#,
    )?;
    for (place, row) in network.outlets.iter().enumerate().filter(|(_, row)| !row.outlet.is_empty())
    {
        writeln!(file, r#"      <node id="{place}" label="{}"><attvalues>"#, escape(&row.outlet))?;
        value(file, "articles", row.articles)?;
        value(file, "copied_articles", row.copied_articles)?;
        value(file, "original_articles", row.original_articles)?;
        writeln!(file, "      </attvalues></node>")?;
    }
    writeln!(file, "    </nodes>\n    <edges>")?;
    for (place, edge) in network.edges.iter().enumerate() {
        let (from, to, passages) = (edge.from, edge.to, edge.passages);
        writeln!(
            file,
            r#"      <edge id="{place}" source="{from}" target="{to}" weight="{passages}"><attvalues>"#
        )?;
        value(file, "passages", passages)?;
        value(file, "articles", edge.articles)?;
        if let Some(lag) = edge.median_lag_hours {
            value(file, "median_lag_hours", rounded(lag))?;
        }
        writeln!(file, "      </attvalues></edge>")?;
    }
    writeln!(file, "    </edges>\n  </graph>\n</gexf>")
}

fn value(file: &mut dyn Write, of: &str, value: impl std::fmt::Display) -> io::Result<()> {
    writeln!(file, r#"        <attvalue for="{of}" value="{value}"/>"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::sample::Sample;

    #[test]
    fn outlets_are_nodes_and_who_followed_whom_are_edges() {
        let network = Sample::new().results.network.unwrap();
        let mut file = Vec::new();
        write(&network, &mut file).unwrap();
        let xml = String::from_utf8(file).unwrap();
        assert_eq!(xml.matches("<node id=").count(), 4);
        assert!(xml.contains(r#"<node id="1" label="City Wire">"#));
        assert!(xml.contains(r#"<edge id="1" source="1" target="3" weight="1">"#));
        assert!(xml.contains(r#"<attvalue for="median_lag_hours" value="6.5"/>"#));
        // Tags balance: each that opens is closed or empty.
        let opened = xml.matches('<').count() - xml.matches("</").count() - 1;
        assert_eq!(opened, xml.matches("</").count() + xml.matches("/>").count());
    }
}
