//! The names of months and weekdays in the languages of the news, and of time zones.
//!
//! Months follow the Unicode CLDR (Gregorian calendar, wide form), written down by hand and not yet compared with it: as they stand alone and
//! within a date, where the two differ. Shorter forms are found as their beginnings, where these mean one
//! month only in all languages together: `mar` is March everywhere, while `lis` is October in Croatian and
//! November in Polish, so it is none. Weekdays are only passed over, but for the English ones.

use jiff::civil::Weekday;

/// For each month its names, with spaces between them; `_` stands for a space within one.
const MONTHS: [&str; 12] = [
    "january januar januari janvier enero gennaio janeiro ianuarie январь января января січень січня \
     студзень студзеня styczeń stycznia leden ledna január siječanj siječnja јануар јануари януари ocak \
     tammikuu tammikuuta janúar sausis sausio janvāris jaanuar január ιανουάριος ιανουαρίου يناير جانفي \
     كانون_الثاني ژانویه ژانویهٔ جنوری जनवरी জানুয়ারি জানুয়ারী ஜனவரி ינואר בינואר มกราคม janeiro gener \
     xaneiro urtarrila yanvar январ januarie tháng_một қаңтар იანვარი հունվար հունվարի",
    "february februar februari février fevrier febrero febbraio fevereiro februarie февраль февраля лютий лютого \
     люты лютага luty lutego únor února február veljača veljače фебруар фебруари февруари şubat subat \
     helmikuu helmikuuta febrúar vasaris vasario februāris veebruar φεβρουάριος φεβρουαρίου فبراير فيفري شباط \
     فوریه فوریهٔ فروری फ़रवरी फरवरी ফেব্রুয়ারি ফেব্রুয়ারী பிப்ரவரி פברואר בפברואר กุมภาพันธ์ febrer febreiro \
     otsaila fevral феврал februarie tháng_hai ақпан თებერვალი փետրվար փետրվարի",
    "march mar märz marz maart mrt mars marzo março marco martie март марта березень березня сакавік сакавіка marzec \
     marca březen března marec ožujak ožujka mart maaliskuu maaliskuuta marts kovas kovo märts μάρτιος \
     μαρτίου مارس آذار أذار مارچ मार्च মার্চ மார்ச் מרץ מרס במרץ มีนาคม març martxoa mart tháng_ba наурыз \
     მარტი մարտ մարտի március",
    "april avril abril aprile aprilie апрель апреля квітень квітня красавік красавіка kwiecień kwietnia duben dubna \
     apríl travanj travnja април nisan huhtikuu huhtikuuta apríl balandis balandžio aprīlis aprill απρίλιος \
     απριλίου أبريل ابريل أفريل نيسان آوریل اپریل अप्रैल এপ্রিল ஏப்ரல் אפריל באפריל เมษายน abril apirila aprel \
     tháng_tư сәуір აპრილი ապրիլ ապրիլի április",
    "may mai mei mayo maggio maio май мая травень травня maj maja květen května máj svibanj svibnja мај mayıs \
     mayis toukokuu toukokuuta maí gegužė gegužės maijs μάιος μαΐου مايو ماي أيار مه مهٔ مئی मई মে மே מאי במאי \
     พฤษภาคม maig maiatza tháng_năm мамыр მაისი մայիս մայիսի május maio",
    "june juni juin junio giugno junho iunie июнь июня червень червня чэрвень чэрвеня czerwiec czerwca červen června \
     jún junij lipanj lipnja јун јуни юни haziran kesäkuu kesäkuuta júní birželis birželio jūnijs juuni ιούνιος \
     ιουνίου يونيو جوان حزيران ژوئن جون जून জুন ஜூன் יוני ביוני มิถุนายน juny xuño ekaina iyun tháng_sáu маусым \
     ივნისი հունիս հունիսի június",
    "july juli juillet julio luglio julho iulie июль июля липень липня ліпень ліпеня lipiec lipca červenec července \
     júl julij srpanj srpnja јул јули юли temmuz heinäkuu heinäkuuta júlí liepa liepos jūlijs juuli ιούλιος ιουλίου \
     يوليو يوليوز جويلية تموز ژوئیه جولای جولائی जुलाई জুলাই ஜூலை יולי ביולי กรกฎาคม juliol xullo uztaila iyul \
     tháng_bảy шілде ივლისი հուլիս հուլիսի július",
    "august augustus août aout agosto август августа серпень серпня жнівень жніўня sierpień sierpnia srpen srpna \
     kolovoz kolovoza avgust аугуст ağustos agustos elokuu elokuuta ágúst rugpjūtis rugpjūčio augusts αύγουστος \
     αυγούστου أغسطس اغسطس غشت أوت آب اوت اگست अगस्त আগস্ট ஆகஸ்ட் אוגוסט באוגוסט สิงหาคม agost abuztua avqust \
     tháng_tám тамыз აგვისტო օգոստոս օգոստոսի augusztus",
    "september septembre septiembre setiembre settembre setembro septembrie сентябрь сентября вересень вересня \
     верасень верасня wrzesień września wrzesnia září rujan rujna септембар септември eylül eylul syyskuu syyskuuta \
     rugsėjis rugsėjo septembris σεπτέμβριος σεπτεμβρίου سبتمبر شتنبر أيلول سپتامبر ستمبر सितंबर सितम्बर সেপ্টেম্বর \
     செப்டம்பர் ספטמבר בספטמבר กันยายน setembre iraila sentyabr tháng_chín қыркүйек სექტემბერი սեպտեմբեր \
     սեպտեմբերի szeptember",
    "october oktober octobre octubre ottobre outubro octombrie октябрь октября жовтень жовтня кастрычнік кастрычніка \
     październik października pazdziernika říjen října október oktobar октобар октомври ekim lokakuu \
     lokakuuta spalis spalio oktobris oktoober οκτώβριος οκτωβρίου أكتوبر اكتوبر تشرين_الأول اکتبر اکتوبر अक्टूबर \
     अक्तूबर অক্টোবর அக்டோபர் אוקטובר באוקטובר ตุลาคม octubre outubro urria oktyabr tháng_mười қазан ოქტომბერი \
     հոկտեմբեր հոկտեմբերի október",
    "november novembre noviembre novembro noiembrie ноябрь ноября листопад листопада лістапад лістапада listopadu \
     studeni studenoga новембар ноември kasım kasim marraskuu marraskuuta nóvember lapkritis lapkričio novembris \
     νοέμβριος νοεμβρίου نوفمبر نونبر تشرين_الثاني نوامبر نومبر नवंबर नवम्बर নভেম্বর நவம்பர் נובמבר בנובמבר \
     พฤศจิกายน azaroa noyabr tháng_mười_một қараша ნოემბერი նոյեմբեր նոյեմբերի",
    "december dezember décembre decembre diciembre dicembre dezembro decembrie декабрь декабря грудень грудня снежань \
     снежня grudzień grudnia prosinec prosince prosinac prosinca децембар декември aralık aralik joulukuu joulukuuta \
     desember gruodis gruodžio decembris detsember δεκέμβριος δεκεμβρίου ديسمبر دجنبر كانون_الأول دسامبر دسمبر \
     दिसंबर दिसम्बर ডিসেম্বর டிசம்பர் דצמבר בדצמבר ธันวาคม desembre decembro abendua dekabr tháng_mười_hai желтоқсан \
     დეკემბერი դեկտեմբեր դեկտեմբերի",
];
/// Names that are one month in one language and another in the next: nothing is guessed.
const TWO_MONTHS: [&str; 2] = ["listopad", "listopada"];
/// A shorter form of a name has so many characters.
const LEAST_CHARACTERS: usize = 3;

/// The month that a word names in any of the languages.
pub(super) fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.').to_lowercase();
    if word.chars().count() < LEAST_CHARACTERS && word.is_ascii() || TWO_MONTHS.contains(&&*word) {
        return None;
    }
    let names = || {
        (1..).zip(MONTHS).flat_map(|(month, names)| names.split(' ').map(move |name| (month, name)))
    };
    if let Some((month, _)) = names().find(|(_, name)| *name == word) {
        return Some(month);
    }
    if word.chars().count() < LEAST_CHARACTERS {
        return None;
    }
    let mut begun = names().filter(|(_, name)| name.starts_with(&word)).map(|(month, _)| month);
    let month = begun.next()?;
    // `listopad` begins names of two months, too.
    let is_two = TWO_MONTHS.iter().any(|name| name.starts_with(&word));
    (begun.all(|other| other == month) && !is_two).then_some(month)
}

/// Words in names of months, as [`month`] takes them; other words stay as they are.
pub(super) fn join_words(text: &str) -> String {
    let mut joined = text.to_owned();
    let names = MONTHS.iter().flat_map(|names| names.split(' ')).filter(|name| name.contains('_'));
    let mut names: Vec<&str> = names.collect();
    // One may begin another.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in names {
        let apart = name.replace('_', " ");
        if joined.contains(&apart) {
            joined = joined.replace(&apart, name);
        }
    }
    joined
}

/// The English weekday that a word names, in full or by three letters or more.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let (_, day) = DAYS.iter().find(|(name, _)| word.len() >= 3 && name.starts_with(&word))?;
    Some(*day)
}

/// Weekdays of other languages, and words that stand in dates and tell nothing.
const PASSED_OVER: &str = "at on of the de del da di du le la el den der d' à a às as om um uhr kl klo o w года г р року \
    г. р. r roku rok год в о ה- في の \
    montag dienstag mittwoch donnerstag freitag samstag sonntag sonnabend mo di mi do fr sa so \
    lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim \
    lunes martes miércoles miercoles jueves viernes sábado sabado domingo \
    lunedì martedì mercoledì giovedì venerdì domenica \
    segunda-feira terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta quinta sexta \
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag \
    poniedziałek wtorek środa czwartek piątek niedziela \
    понедельник вторник среда четверг пятница суббота воскресенье \
    понеділок вівторок середа четвер п'ятниця субота неділя \
    pondělí úterý středa čtvrtek pátek neděle pondelok utorok streda štvrtok piatok nedeľa \
    mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag lördag söndag \
    maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai maanantaina tiistaina keskiviikkona torstaina \
    perjantaina lauantaina sunnuntaina \
    hétfő kedd szerda csütörtök péntek szombat vasárnap luni marți miercuri joi vineri sâmbătă duminică \
    pazartesi salı çarşamba perşembe cuma cumartesi pazar \
    ponedjeljak utorak srijeda četvrtak petak subota nedjelja понедељак уторак среда четвртак петак недеља \
    δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή \
    الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد \
    सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार senin selasa rabu kamis jumat sabtu minggu";

/// Whether a word tells nothing of a date that stands without it.
pub(super) fn is_passed_over(word: &str) -> bool {
    let word = word.to_lowercase();
    PASSED_OVER.split_whitespace().any(|known| known == word)
}

/// Abbreviations of time zones that are one zone the world over, in minutes from UTC.
const ZONES: [(&str, i32); 38] = [
    ("Z", 0),
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("MEZ", 60),
    ("CEST", 120),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("SAST", 120),
    ("CAT", 120),
    ("WAT", 60),
    ("EAT", 180),
    ("TRT", 180),
    ("PKT", 300),
    ("WIB", 420),
    ("ICT", 420),
    ("HKT", 480),
    ("SGT", 480),
    ("AWST", 480),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("EST", -300),
    ("EDT", -240),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("BRT", -180),
];

/// Minutes from UTC that a zone's abbreviation stands for, or an offset as `+0100`, `+01:00`, `GMT+1`.
pub(super) fn zone(word: &str) -> Option<i32> {
    // Central Standard Time of America, as mail has it.
    if word == "CST" {
        return Some(-360);
    }
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == word) {
        return Some(*minutes);
    }
    let offset = ["GMT", "UTC"].iter().find_map(|name| word.strip_prefix(name)).unwrap_or(word);
    let sign = match offset.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits: String = offset.chars().skip(1).filter(|c| *c != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let minutes = match digits.len() {
        1 | 2 => number * 60,
        3 | 4 => number / 100 * 60 + number % 100,
        _ => return None,
    };
    (minutes <= 14 * 60).then_some(sign * minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_its_beginning_is_one_month() {
        for (word, number) in [
            ("January", 1),
            ("Sept.", 9),
            ("märz", 3),
            ("févr.", 2),
            ("stycznia", 1),
            ("лютого", 2),
            ("Ocak", 1),
            ("يناير", 1),
            ("जनवरी", 1),
            ("grudnia", 12),
            ("dez", 12),
        ] {
            assert_eq!(month(word), Some(number), "{word}");
        }
        for word in ["ma", "lis", "listopada", "lip", "jui", "the", "x"] {
            assert_eq!(month(word), None, "{word}");
        }
    }

    #[test]
    fn no_name_stands_for_two_months() {
        let all: Vec<&str> = MONTHS
            .iter()
            .flat_map(|names| {
                let mut names: Vec<&str> = names.split_whitespace().collect();
                names.sort_unstable();
                names.dedup();
                names
            })
            .collect();
        let mut different = all.clone();
        different.sort_unstable();
        different.dedup();
        let twice: Vec<&str> = different
            .iter()
            .copied()
            .filter(|name| all.iter().filter(|other| other == &name).count() > 1)
            .collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    #[test]
    fn zones_are_told_where_they_are_one() {
        for (word, minutes) in
            [("CET", 60), ("PST", -480), ("+0100", 60), ("GMT+0530", 330), ("UTC-3", -180)]
        {
            assert_eq!(zone(word), Some(minutes), "{word}");
        }
        for word in ["IST", "+2500", "x", "+", "BST"] {
            assert_eq!(zone(word), None, "{word}");
        }
    }
}
