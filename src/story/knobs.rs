macro_rules! knobs { ($($n:ident = $d:expr),* $(,)?) => {
    #[allow(non_snake_case)] pub(crate) struct Knobs { $(pub(crate) $n: f64),* }
    pub(crate) static K: std::sync::LazyLock<Knobs> = std::sync::LazyLock::new(|| Knobs { $($n: std::env::var(stringify!($n)).ok().and_then(|v| v.parse().ok()).unwrap_or($d)),* });
} }
knobs! { FLOOR = 0.4, DEC = 10.0, GAIN = 0.2, UND = 0.95, NA = 0.5, NEPS = 0.1, NLO = 0.16, UEPS = 0.05, ULO = 0.1, USHARE = 0.15, UMIN = 4.0,
 CAND = 200.0, SCAN = 4000.0, STRETCH = 2000.0, TERMS = 40.0, SHARE = 0.05, PART = 0.02, LEAST = 0.02, G3 = 0.6, G4 = 0.8, STR = 10.0, BRIDGE = 1.0, RX = 0.75, NUMW = 2.0, BIGW = 0.5, NMIN = 0.05, PAIR = 1.0, THR = 0.0958 }
