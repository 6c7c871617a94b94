//! `man`: the manual page, every subcommand in one, in roff.

use std::io::Write;

use super::{Exit, Failure, command, terminal};

/// What the help does not say: a section each.
const SECTIONS: &str = r#".SH "EXIT STATUS"
.TP
0
done
.TP
1
done, and there are near-duplicates; only with \-\-fail\-on\-duplicates
.TP
2
an error; the output folder is as it was
.TP
3
done, but some records were rejected; rejects.jsonl says which and why
.TP
130, 143, 129
stopped by SIGINT, SIGTERM or SIGHUP; the output folder is as it was
.SH ENVIRONMENT
Every option has a variable: NEWSFOLD_ and the name of the option in capitals, with _ for \-. NEWSFOLD_MEMORY=1G is
\-\-memory 1G. Options go before variables, and variables before the file of \-\-config. Both are
for all commands: what a command does not use is passed over there, and refused as an option. NO_COLOR leaves colours out.
.SH FILES
The output folder (newsfold\-out unless \-\-output names another) holds:
.TP
run.json
how the run was made, and every file with its size and hash
.TP
articles, pairs, families, stories, storylines, passages, occurrences, alignments, outlets, network, edges, agencies
the tables, in each format that was asked for
.TP
passages.passim.jsonl, passages.tei.xml
the passages for passim's readers, and in their articles, where \-\-format asks for it
.TP
report.html
the page
.TP
network.gexf
who took passages from whom, for programs that draw networks
.TP
keep.txt, remove.csv
what to keep, and what to remove for what
.TP
scrubbed.csv
what \-\-scrub cut out of the texts, with each place
.TP
rejects.jsonl
records that were not accepted, with place and reason
.TP
wire.html, outlet\-NAME.html, since\-DATE.html
answers of `newsfold report` with \-\-wire, \-\-outlet and \-\-since; the next run into the folder removes them
.PP
While a run works, a hidden folder .OUT.partial stands beside the output folder. Its lock says who holds it. What a killed
run left there is cleared away by the next run into the same folder.
.SH EXAMPLES
.TP
newsfold run news/ \-o out
everything, for all files below news
.TP
newsfold dups articles.jsonl.zst \-\-threshold 0.8 \-\-format csv
families of near\-duplicates only, as CSV
.TP
newsfold explain news/ wire\-17 post\-4
why two articles are, or are not, together
.TP
newsfold report out \-\-open
the page of a finished run again, in the browser
.TP
newsfold index add archive/ today.jsonl
a batch into an archive that `newsfold index init` made, and what it changed
.TP
newsfold bench \-\-articles 5000 \-\-compare before.json
whether this build is slower than the one that wrote before.json with \-\-save
.TP
newsfold config \-\-print > newsfold.toml
all settings with what they mean, to be changed and given to \-\-config
"#;

pub(crate) fn run() -> Result<Exit, Failure> {
    let mut command = command::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for (path, sub) in command::all(&command, "") {
        let man = clap_mangen::Man::new(sub.clone());
        writeln!(page, ".SH \"NEWSFOLD {}\"", path.to_uppercase())?;
        man.render_description_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    page.extend_from_slice(SECTIONS.as_bytes());
    terminal::print_for_programs(&page)?;
    Ok(Exit::Done)
}
