//! The words that made-up news is made of, commonest first in each list.
//!
//! Plain English, regular in the plural and the past, so that the grammar needs no exceptions.

/// A field of news, with its own nouns and verbs.
pub(super) struct Topic {
    /// Things.
    pub(super) nouns: &'static str,
    /// What is done to things, in the past tense.
    pub(super) verbs: &'static str,
}

/// The fields of news.
pub(super) const TOPICS: [Topic; 12] = [
    Topic {
        nouns: "minister vote election coalition parliament reform bill cabinet senator campaign \
                ballot lawmaker amendment majority opposition mandate referendum constituency \
                petition decree ambassador treaty",
        verbs: "approved rejected proposed debated passed blocked endorsed drafted repealed \
                campaigned vetoed amended ratified",
    },
    Topic {
        nouns: "court judge lawyer trial verdict appeal jury prosecutor sentence suspect hearing \
                witness defendant lawsuit ruling warrant testimony charge inquest bail",
        verbs: "charged convicted acquitted sentenced sued overturned questioned accused upheld \
                dismissed detained testified indicted",
    },
    Topic {
        nouns: "match goal season coach player league defender striker stadium title referee \
                tournament fixture transfer midfielder penalty injury squad supporter trophy",
        verbs: "scored defeated signed coached missed saved outplayed transferred selected benched \
                cheered equalised",
    },
    Topic {
        nouns: "storm flood river rescue evacuation shelter warning drought wildfire forecast \
                landslide earthquake reservoir coast rainfall heatwave tremor dam embankment",
        verbs: "flooded damaged evacuated destroyed battered rescued buried sheltered swamped \
                uprooted scorched",
    },
    Topic {
        nouns: "company profit share investor market merger bank loan dividend revenue bond \
                acquisition shareholder tariff retailer startup creditor takeover quarter overdraft",
        verbs: "acquired invested sold posted forecast borrowed merged purchased restructured \
                outperformed downgraded issued",
    },
    Topic {
        nouns: "hospital patient doctor vaccine virus clinic nurse treatment outbreak symptom \
                surgeon epidemic medicine infection ward diagnosis dose screening pharmacist",
        verbs: "treated vaccinated diagnosed cured prescribed screened admitted tested isolated \
                discharged transmitted",
    },
    Topic {
        nouns: "soldier border missile ceasefire convoy rebel general airstrike drone commander \
                checkpoint shelling refugee garrison frontline hostage truce militia barrack",
        verbs: "attacked bombed captured shelled ambushed seized liberated intercepted targeted \
                deployed retreated besieged",
    },
    Topic {
        nouns: "telescope researcher experiment laboratory planet species fossil particle rocket \
                satellite genome orbit glacier microscope enzyme reactor specimen asteroid sensor",
        verbs: "discovered measured observed launched detected sequenced analysed simulated \
                published decoded classified",
    },
    Topic {
        nouns: "train airport road bridge passenger pilot railway ferry flight driver tunnel \
                highway runway collision timetable platform carriage motorist signal depot",
        verbs: "delayed diverted derailed cancelled reopened crashed grounded repaired inspected \
                rerouted electrified",
    },
    Topic {
        nouns: "school teacher pupil university exam classroom scholarship curriculum student \
                lecturer campus degree tuition kindergarten headteacher textbook enrolment graduate",
        verbs: "taught enrolled graduated examined expelled tutored graded educated awarded \
                mentored lectured",
    },
    Topic {
        nouns: "film museum festival singer novel painting theatre concert director album actor \
                orchestra gallery premiere sculpture choir audience exhibition playwright script",
        verbs: "performed painted directed exhibited composed rehearsed screened staged recorded \
                translated restored",
    },
    Topic {
        nouns: "pipeline refinery turbine grid barrel miner reactor solar coalfield pylon emission \
                blackout meter windfarm generator terminal tanker kilowatt battery drilling",
        verbs: "generated drilled refined exported metered connected decommissioned powered \
                subsidised capped extracted",
    },
];

/// Things in any field.
pub(super) const NOUNS: &str = "year government group plan report week official decision leader city member case number \
     problem region question issue meeting statement project programme house month system force \
     result change office resident agreement team agency effort deal cost step worker family \
     service area village committee proposal source sector document department increase reason \
     letter budget delay building response neighbour claim figure target risk review dispute \
     measure offer organisation expert survey concern demand loss standard failure adviser value \
     crowd deadline critic visitor pledge tenant payment factory farmer contract speech ally \
     setback rival estimate network district partner guideline incident fund protest supplier \
     candidate observer analyst benefit grant licence union centre owner customer employer \
     volunteer ceremony bulletin rumour compromise alternative shortage backlog hurdle archive \
     ledger courtyard harbour orchard workshop lantern bakery quarry garden warehouse corridor \
     tower market square fountain monument cottage meadow anchor compass blanket kettle ribbon";

/// What is done to things in any field, in the past tense.
pub(super) const VERBS: &str = "said made called announced expected asked supported reported opened showed reached started \
     followed described faced offered received ended discussed joined welcomed visited planned \
     changed considered warned accepted demanded delayed promised reviewed criticised completed \
     launched raised avoided confirmed denied ignored removed introduced explained compared \
     examined replaced doubled halved abandoned defended praised suspended extended cancelled \
     organised challenged recommended monitored revised presented postponed questioned admired \
     protected restricted financed supervised advertised repaired catalogued polished borrowed \
     unveiled dismantled relocated inherited measured underlined welcomed outlined";

/// How things are.
pub(super) const ADJECTIVES: &str = "new first last local national public early major recent former large small final foreign \
     senior new private long regional official early independent special serious economic urgent \
     annual central historic rural northern southern eastern western temporary joint open likely \
     modest rival coastal federal limited digital heavy permanent quiet remote costly ambitious \
     fragile controversial broad narrow disputed wooden ancient empty crowded anonymous cautious \
     familiar gradual unusual unexpected voluntary seasonal domestic detailed practical technical \
     flexible generous hostile obscure outdated popular reluctant restless rusty silver strict \
     sudden tense transparent unfinished vacant vivid wealthy worried yellow younger meticulous";

/// How things are done.
pub(super) const ADVERBS: &str = "also already later still quickly again finally recently formally largely quietly publicly \
     repeatedly barely narrowly openly briefly eventually reportedly officially gradually \
     reluctantly unanimously abruptly partly swiftly privately cautiously jointly firmly";

/// Who says things, beside those with names.
pub(super) const SPEAKERS: &str = "spokesperson delegate official resident witness adviser critic analyst organiser neighbour \
     colleague volunteer observer supporter insider relative";

/// How things are said.
pub(super) const SAID: &str = "said told argued added insisted warned claimed explained noted admitted suggested recalled \
     acknowledged maintained predicted";

/// What stands before a thing to place another by it.
pub(super) const PREPOSITIONS: &str = "in for with after on during against before over near under across despite without about \
     behind beyond towards outside alongside beneath";

/// What joins two clauses.
pub(super) const JOINING: &str =
    "after while because although before as but and when until since whereas unless once";

/// What begins a sentence that goes on from another.
pub(super) const OPENING: &str = "Meanwhile However Earlier Later Separately Nevertheless Instead Still Moreover Elsewhere \
     Afterwards Overall";

/// What stands before a noun in the singular.
pub(super) const DETERMINERS: &str = "the a its their this another that each every one any";

/// Days.
pub(super) const DAYS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";

/// What a newspaper is called, after its town.
pub(super) const PAPERS: &str = "Herald Times Post News Tribune Gazette Courier Observer Chronicle Mirror Standard Echo \
     Dispatch Argus Review Journal";

/// What an organisation is, after its name.
pub(super) const BODIES: &str = "Council Group Institute Union Party Holdings Agency Foundation Authority Association \
     University Police Bank Federation Ministry Alliance Club Trust";

/// Beginnings, middles and ends of syllables of names.
pub(super) const ONSETS: &str =
    "b br d dr f g gr h j k kr l m n p r s st t tr v w z ch sh th bl kl sk";
/// See [`ONSETS`].
pub(super) const NUCLEI: &str = "a e i o u a e i o ai ei ou ia é ö";
/// See [`ONSETS`]. A hyphen stands for none.
pub(super) const CODAS: &str = "- - - n r l s m k nd rt ss x v";
/// Ends of the names of towns. A hyphen stands for none.
pub(super) const TOWN_ENDS: &str = "- - ton burg ville stad mouth field haven grad bury port";
