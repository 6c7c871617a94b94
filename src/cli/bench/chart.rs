//! Cost against size, as a picture in one file: SVG, for a page or a paper.
//!
//! Both axes are logarithmic, so that what grows as the input does is a line of one slope, whatever it costs. A dotted
//! line beside the total shows that slope. Stages are those of the first number of threads; the total has
//! a line for each. Times are medians of the rounds.

use std::fmt::Write;

use super::measured::{Case, Measured, Row};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 520.0;
/// Around the plot: the right side has the names of the lines.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 56.0;
/// Between two names of lines.
const NAME_HEIGHT: f64 = 16.0;
/// A stage that never takes this share of the total would be a line at the foot of the picture.
const LEAST_SHARE: f64 = 0.02;
/// Told apart by readers who see few colours, too (Okabe and Ito, Color universal design, 2008).
const COLOURS: [&str; 7] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#7f7f7f"];

/// A line of the picture.
struct Series {
    name: String,
    /// Articles and seconds, by articles.
    points: Vec<(f64, f64)>,
    is_total: bool,
}

/// The picture of what was measured.
pub(super) fn svg(measured: &Measured) -> String {
    let all = series(measured);
    let points = || all.iter().flat_map(|series| &series.points);
    let (across, up) = (Axis::of(points().map(|p| p.0)), Axis::of(points().map(|p| p.1)));
    let x = |articles: f64| LEFT + across.place(articles) * (WIDTH - LEFT - RIGHT);
    let y = |seconds: f64| HEIGHT - BOTTOM - up.place(seconds) * (HEIGHT - TOP - BOTTOM);
    let command = format!("{:?}", measured.command).to_lowercase();
    let title = format!("newsfold {command}: seconds by articles");
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"26\" font-size=\"17\" font-weight=\"600\">{title}</text>\n\
         <text x=\"{LEFT}\" y=\"46\" fill=\"#555\">{}</text>\n",
        escaped(&format!("version {}, {}", measured.version, measured.machine))
    );
    let (right, foot) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    for tick in up.ticks() {
        let at = y(tick);
        let _ = writeln!(
            out,
            "<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555\">{tick} s</text>",
            LEFT - 8.0,
            at + 4.0
        );
    }
    for size in sizes(&all) {
        let at = x(size);
        let _ = writeln!(
            out,
            "<path d=\"M{at:.1} {foot}v5\" stroke=\"#555\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555\">{}</text>",
            foot + 20.0,
            thousands(size)
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">articles</text>",
        (LEFT + right) / 2.0,
        HEIGHT - 14.0
    );
    if let Some(total) = all.iter().find(|series| series.is_total && series.points.len() > 1) {
        let (first, last) = (total.points[0], total.points[total.points.len() - 1]);
        let linear = first.1 * last.0 / first.0;
        let _ = writeln!(
            out,
            "<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" stroke=\"#555\" stroke-dasharray=\"2 4\">\
             <title>as the number of articles grows</title></path>",
            x(first.0),
            y(first.1),
            x(last.0),
            y(linear)
        );
    }
    let names = spread(all.iter().filter_map(|series| Some(y(series.points.last()?.1))).collect());
    for ((place, series), name_at) in all.iter().enumerate().zip(names) {
        let colour = if series.is_total { "#000" } else { COLOURS[place % COLOURS.len()] };
        let width = if series.is_total { 2.5 } else { 1.5 };
        let path: Vec<String> =
            series.points.iter().map(|&(n, s)| format!("{:.1} {:.1}", x(n), y(s))).collect();
        let _ = writeln!(
            out,
            "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>",
            path.join("L")
        );
        for &(n, s) in &series.points {
            let told = format!("{}, {} articles: {s:.3} s", series.name, thousands(n));
            let _ = writeln!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"><title>{told}</title></circle>",
                x(n),
                y(s)
            );
        }
        let last = series.points.last().map_or(0.0, |last| last.1);
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{} {last:.2} s</text>",
            right + 10.0,
            name_at + 4.0,
            series.name
        );
    }
    out.push_str("</svg>\n");
    out
}

/// The lines: the total first, then the stages by what they take at the greatest size.
fn series(measured: &Measured) -> Vec<Series> {
    let mut threads: Vec<usize> = measured.cases.iter().map(|case| case.threads).collect();
    threads.dedup();
    threads.sort_unstable();
    threads.dedup();
    let of = |threads: usize| measured.cases.iter().filter(move |case| case.threads == threads);
    let mut all: Vec<Series> = threads
        .iter()
        .map(|&count| {
            let name = match threads.len() {
                1 => "total".to_owned(),
                _ => format!("total, {}", super::measured::threads(count)),
            };
            Series { name, points: points(of(count), |case| Some(&case.total)), is_total: true }
        })
        .collect();
    let Some(first) = threads.first().copied() else { return all };
    let mut names: Vec<&str> = Vec::new();
    for row in of(first).flat_map(|case| &case.stages) {
        if !names.contains(&row.stage.as_str()) {
            names.push(&row.stage);
        }
    }
    let mut stages: Vec<Series> = Vec::new();
    for name in names {
        let row = |case: &'_ Case| case.stages.iter().position(|row| row.stage == name);
        let is_seen = of(first).any(|case| {
            row(case).is_some_and(|at| {
                case.stages[at].median_seconds >= LEAST_SHARE * case.total.median_seconds
            })
        });
        let points = points(of(first), |case| Some(&case.stages[row(case)?]));
        if is_seen && !points.is_empty() {
            stages.push(Series { name: name.to_owned(), points, is_total: false });
        }
    }
    let last = |series: &Series| series.points.last().map_or(0.0, |last| last.1);
    stages.sort_by(|a, b| last(b).total_cmp(&last(a)));
    all.retain(|series| !series.points.is_empty());
    all.extend(stages);
    all
}

fn points<'m>(
    cases: impl Iterator<Item = &'m Case>,
    row: impl Fn(&'m Case) -> Option<&'m Row>,
) -> Vec<(f64, f64)> {
    let point = |case: &'m Case| Some((case.articles as f64, row(case)?.median_seconds));
    // Nothing that takes no time, or has no articles, has a place on a logarithmic axis.
    let mut points: Vec<(f64, f64)> =
        cases.filter_map(point).filter(|&(n, s)| n > 0.0 && s > 0.0).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

fn sizes(all: &[Series]) -> Vec<f64> {
    let mut sizes: Vec<f64> = all.iter().flat_map(|series| &series.points).map(|p| p.0).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    sizes
}

/// A logarithmic axis.
struct Axis {
    least: f64,
    most: f64,
}

impl Axis {
    /// Over all of these, with room at both ends where they are one.
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
        values.for_each(|value| {
            least = least.min(value);
            most = most.max(value);
        });
        if most <= 0.0 {
            return Self { least: 0.5, most: 2.0 };
        }
        if most <= least {
            Self { least: least / 2.0, most: most * 2.0 }
        } else {
            Self { least, most }
        }
    }

    /// Where a value stands, 0 to 1.
    fn place(&self, value: f64) -> f64 {
        (value / self.least).log10() / (self.most / self.least).log10()
    }

    /// Round numbers on the axis.
    fn ticks(&self) -> Vec<f64> {
        let decades = self.least.log10().floor() as i32..=self.most.log10().ceil() as i32;
        let few = decades.clone().count() > 4;
        let of = move |decade: i32| {
            let steps: &[f64] = if few { &[1.0] } else { &[1.0, 2.0, 5.0] };
            steps.iter().map(move |step| match decade {
                ..0 => step / 10_f64.powi(-decade),
                _ => step * 10_f64.powi(decade),
            })
        };
        decades.flat_map(of).filter(|tick| (self.least..=self.most).contains(tick)).collect()
    }
}

/// Places as near to those asked for as leaves each its room, in their order.
fn spread(places: Vec<f64>) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    let mut spread = places;
    for two in order.windows(2) {
        spread[two[1]] = spread[two[1]].max(spread[two[0]] + NAME_HEIGHT);
    }
    // What was pushed below the plot moves up again.
    let mut most = HEIGHT - BOTTOM;
    for &place in order.iter().rev() {
        spread[place] = spread[place].min(most);
        most = spread[place] - NAME_HEIGHT;
    }
    spread
}

fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut told = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::super::Timed;
    use super::super::machine::Machine;
    use super::*;

    fn measured(cases: &[(usize, usize, f64)]) -> Measured {
        let case = |&(articles, threads, seconds): &(usize, usize, f64)| Case {
            articles,
            threads,
            bytes: 1,
            stages: vec![
                Row::new("sketch", vec![seconds / 2.0]),
                Row::new("family", vec![seconds / 1_000.0]),
            ],
            total: Row::new("total", vec![seconds]),
            processor: None,
            peak_memory_bytes: None,
            found: Vec::new(),
        };
        Measured {
            newsfold_bench: super::super::measured::FORM,
            version: "1 <2> & 3".to_owned(),
            command: Timed::Dups,
            machine: Machine::this(),
            cases: cases.iter().map(case).collect(),
            program: None,
        }
    }

    #[test]
    fn a_line_for_each_number_of_threads_and_for_each_stage_that_counts() {
        let all = series(&measured(&[(1_000, 1, 1.0), (1_000, 2, 0.6), (10_000, 1, 10.0)]));
        let told: Vec<(&str, usize)> =
            all.iter().map(|series| (series.name.as_str(), series.points.len())).collect();
        assert_eq!(told, [("total, 1 thread", 2), ("total, 2 threads", 1), ("sketch", 2)]);
    }

    #[test]
    fn the_picture_is_one_file_whose_points_lie_in_the_plot() {
        let picture = svg(&measured(&[(1_000, 1, 1.0), (10_000, 1, 10.0)]));
        assert!(picture.contains("version 1 &lt;2&gt; &amp; 3"), "{picture}");
        assert!(picture.contains("10,000") && picture.contains("stroke-dasharray"));
        let places: Vec<f64> = picture
            .split("cx=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(places.len(), 4);
        assert!(places.iter().all(|x| (LEFT..=WIDTH - RIGHT).contains(x)), "{places:?}");
    }

    #[test]
    fn one_size_and_nothing_at_all_are_pictures_too() {
        for picture in [svg(&measured(&[(1_000, 1, 1.0)])), svg(&measured(&[]))] {
            assert!(!picture.contains("NaN") && !picture.contains("inf"), "{picture}");
        }
    }

    #[test]
    fn names_leave_each_other_room() {
        let places = spread(vec![460.0, 462.0, 100.0]);
        assert_eq!(places[2], 100.0);
        assert!((places[1] - places[0] - NAME_HEIGHT).abs() < 1e-9, "{places:?}");
        assert!(places.iter().all(|&place| place <= HEIGHT - BOTTOM));
    }
}
