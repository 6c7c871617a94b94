//! Values of Arrow's columns, read where they lie.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};
use jiff::{Timestamp, ToSpan};

use super::record::BETWEEN_PARAGRAPHS;
use super::rows::RowValue;

const DAY_MILLISECONDS: i64 = 86_400_000;

/// A column, with the nulls of what it stands in.
pub(super) struct Column {
    values: ArrayRef,
    nulls: Option<NullBuffer>,
}

impl Column {
    /// The column at this place of a batch, and in the structures there.
    pub(super) fn at(batch: &RecordBatch, path: &[usize]) -> Option<Self> {
        let (first, below) = path.split_first()?;
        let mut values = batch.columns().get(*first)?;
        let mut nulls = values.nulls().cloned();
        for place in below {
            values = values.as_struct_opt()?.columns().get(*place)?;
            nulls = NullBuffer::union(nulls.as_ref(), values.nulls());
        }
        Some(Self { values: ArrayRef::clone(values), nulls })
    }

    /// The value of a row.
    pub(super) fn value(&self, row: usize) -> RowValue<'_> {
        match &self.nulls {
            Some(nulls) if nulls.is_null(row) => RowValue::Nothing,
            _ => value(&*self.values, row),
        }
    }
}

/// The columns of a batch; of a structure those in it, with a dot between the names.
pub struct ArrowColumns {
    names: Vec<String>,
    columns: Vec<Column>,
    rows: usize,
}

impl ArrowColumns {
    /// Those of this batch, which is shared and not copied.
    pub fn new(batch: &RecordBatch) -> Self {
        let rows = batch.num_rows();
        let mut all = Self { names: Vec::new(), columns: Vec::new(), rows };
        for (field, values) in batch.schema_ref().fields().iter().zip(batch.columns()) {
            all.push(field.name().clone(), values, None);
        }
        all
    }

    /// Adds a column; of a structure those in it.
    fn push(&mut self, name: String, values: &ArrayRef, outer: Option<&NullBuffer>) {
        let nulls = NullBuffer::union(outer, values.nulls());
        match values.as_struct_opt() {
            None => {
                self.names.push(name);
                self.columns.push(Column { values: ArrayRef::clone(values), nulls });
            }
            Some(structure) => {
                for (field, below) in structure.fields().iter().zip(structure.columns()) {
                    self.push(format!("{name}.{}", field.name()), below, nulls.as_ref());
                }
            }
        }
    }

    /// Their names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many rows they have.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The value of a row in the column at this place.
    pub fn value(&self, row: usize, place: usize) -> RowValue<'_> {
        self.columns[place].value(row)
    }
}

/// A value as a field may take it.
fn value(values: &dyn Array, row: usize) -> RowValue<'_> {
    macro_rules! integer {
        ($kind:ty) => {
            RowValue::Integer(i64::from(values.as_primitive::<$kind>().value(row)))
        };
    }
    macro_rules! number {
        ($kind:ty) => {
            values.as_primitive::<$kind>().value(row)
        };
    }
    if values.is_null(row) {
        return RowValue::Nothing;
    }
    match values.data_type() {
        DataType::Utf8 => RowValue::Text(Cow::Borrowed(values.as_string::<i32>().value(row))),
        DataType::LargeUtf8 => RowValue::Text(Cow::Borrowed(values.as_string::<i64>().value(row))),
        DataType::Utf8View => RowValue::Text(Cow::Borrowed(values.as_string_view().value(row))),
        DataType::Int8 => integer!(Int8Type),
        DataType::Int16 => integer!(Int16Type),
        DataType::Int32 => integer!(Int32Type),
        DataType::Int64 => integer!(Int64Type),
        DataType::UInt8 => integer!(UInt8Type),
        DataType::UInt16 => integer!(UInt16Type),
        DataType::UInt32 => integer!(UInt32Type),
        DataType::UInt64 => {
            let number = number!(UInt64Type);
            let text = || RowValue::Text(Cow::Owned(number.to_string()));
            i64::try_from(number).map_or_else(|_| text(), RowValue::Integer)
        }
        DataType::Float32 => float(number!(Float32Type).into()),
        DataType::Float64 => float(number!(Float64Type)),
        DataType::Boolean => RowValue::Other("true or false"),
        DataType::Date32 => day(number!(Date32Type).into()),
        DataType::Date64 => day(number!(Date64Type).div_euclid(DAY_MILLISECONDS)),
        DataType::Timestamp(unit, _) => moment(match unit {
            TimeUnit::Second => Timestamp::from_second(number!(TimestampSecondType)),
            TimeUnit::Millisecond => Timestamp::from_millisecond(number!(TimestampMillisecondType)),
            TimeUnit::Microsecond => Timestamp::from_microsecond(number!(TimestampMicrosecondType)),
            TimeUnit::Nanosecond => {
                Timestamp::from_nanosecond(number!(TimestampNanosecondType).into())
            }
        }),
        DataType::Dictionary(..) => {
            let dictionary = values.as_any_dictionary();
            match value(dictionary.keys(), row) {
                RowValue::Integer(key) => value(&**dictionary.values(), key as usize),
                _ => RowValue::Nothing,
            }
        }
        DataType::List(_) => paragraphs(&*values.as_list::<i32>().value(row)),
        DataType::LargeList(_) => paragraphs(&*values.as_list::<i64>().value(row)),
        DataType::Null => RowValue::Nothing,
        _ => RowValue::Other("of a type that no field has"),
    }
}

fn float(number: f64) -> RowValue<'static> {
    if number.is_nan() { RowValue::Nothing } else { RowValue::Float(number) }
}

/// A day, counted from 1970.
fn day(days: i64) -> RowValue<'static> {
    let day = i32::try_from(days)
        .ok()
        .and_then(|days| jiff::civil::date(1970, 1, 1).checked_add(days.days()).ok());
    day.map_or(RowValue::Nothing, |day| RowValue::Text(Cow::Owned(day.to_string())))
}

fn moment(at: Result<Timestamp, jiff::Error>) -> RowValue<'static> {
    at.map_or(RowValue::Nothing, |at| RowValue::Text(Cow::Owned(at.to_string())))
}

/// What the name of an element is called, in a list of structures.
const NAME: &str = "name";

/// A list of texts as one, or of the names of structures.
fn paragraphs(list: &dyn Array) -> RowValue<'static> {
    let names = list.as_struct_opt().and_then(|structures| structures.column_by_name(NAME));
    let list = names.map_or(list, |names| &**names);
    let mut texts = Vec::with_capacity(list.len());
    for row in 0..list.len() {
        match value(list, row) {
            RowValue::Text(text) => texts.push(text),
            RowValue::Nothing => {}
            _ => return RowValue::Other("a list"),
        }
    }
    match texts.is_empty() {
        true => RowValue::Nothing,
        false => RowValue::Text(Cow::Owned(texts.join(BETWEEN_PARAGRAPHS))),
    }
}
