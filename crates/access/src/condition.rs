//! A rule on the record, written as a condition on rows.

use kernel::{Columns, Condition, PersonId, Value};

use crate::rule::{Operand, Rule};

/// Writes `rule` with the columns that the area gives, for the person who asks.
///
/// # Errors
/// With the attribute for which the area gives no column.
pub(crate) fn write(rule: &Rule, columns: &Columns, me: PersonId) -> Result<Condition, String> {
    let mut writer = Writer { columns, me, binds: Vec::new() };
    let sql = writer.rule(rule, false)?;
    Ok(Condition { sql, binds: writer.binds })
}

struct Writer<'a> {
    columns: &'a Columns,
    me: PersonId,
    binds: Vec<Value>,
}

impl Writer<'_> {
    /// `denied`: the rule stands under a "not". There a comparison with an absent value must be no rather than unknown,
    /// because "not unknown" is unknown as well and would hide the row that the policy allows.
    fn rule(&mut self, rule: &Rule, denied: bool) -> Result<String, String> {
        Ok(match rule {
            Rule::Always(true) => "1 = 1".to_owned(),
            Rule::Always(false) => "1 = 0".to_owned(),
            Rule::Holds(attribute) => format!("({})", self.scalar(attribute)?),
            Rule::Is(attribute, operand) => {
                let column = self.scalar(attribute)?;
                let bind = self.bind(operand);
                if denied {
                    format!("({column} is not null and {column} = {bind})")
                } else {
                    format!("{column} = {bind}")
                }
            }
            Rule::Names(attribute, operand) => {
                let exists = find(self.columns.people, attribute)?;
                if exists.matches("{person}").count() != 1 {
                    return Err(format!("`{attribute}` (its column must name {{person}} once)"));
                }
                let bind = self.bind(operand);
                exists.replace("{person}", &bind)
            }
            Rule::Not(inner) => format!("not ({})", self.rule(inner, true)?),
            Rule::All(rules) => self.join(rules, " and ", denied)?,
            Rule::Any(rules) => self.join(rules, " or ", denied)?,
        })
    }

    fn join(&mut self, rules: &[Rule], word: &str, denied: bool) -> Result<String, String> {
        let parts = rules.iter().map(|rule| self.rule(rule, denied)).collect::<Result<Vec<_>, _>>()?;
        Ok(format!("({})", parts.join(word)))
    }

    fn scalar(&self, attribute: &str) -> Result<&'static str, String> {
        find(self.columns.scalars, attribute)
    }

    fn bind(&mut self, operand: &Operand) -> String {
        self.binds.push(match operand {
            Operand::Me => self.me.into(),
            Operand::Value(value) => value.clone(),
        });
        format!("{{{}}}", self.binds.len() - 1)
    }
}

fn find(columns: &[(&'static str, &'static str)], attribute: &str) -> Result<&'static str, String> {
    columns
        .iter()
        .find(|(name, _)| *name == attribute)
        .map(|(_, sql)| *sql)
        .ok_or_else(|| format!("`{attribute}` (it has no column)"))
}
