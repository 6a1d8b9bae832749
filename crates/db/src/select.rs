//! A statement that grows: filters are added one by one, and placeholders number themselves.

use kernel::{Condition, Value};

/// Text is only ever joined from constants of the code and from [`Condition`]s of the policy; what a person typed is
/// bound, never joined. Relative placeholders `{0}`, `{1}` … count within one added part.
#[derive(Debug, Clone)]
pub struct Select {
    sql: String,
    binds: Vec<Value>,
    filtered: bool,
}

impl Select {
    /// Starts with `select … from …`, without `where`.
    pub fn new(head: &'static str) -> Self {
        Self { sql: head.to_owned(), binds: Vec::new(), filtered: false }
    }

    /// Adds a condition.
    #[must_use]
    pub fn and(mut self, part: &'static str, binds: Vec<Value>) -> Self {
        self.filter(part, binds);
        self
    }

    /// Adds a condition when there is something to filter by.
    #[must_use]
    pub fn and_some(self, part: &'static str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.and(part, vec![value]),
            None => self,
        }
    }

    /// Adds the policy's condition.
    #[must_use]
    pub fn allowed(mut self, condition: Condition) -> Self {
        self.filter(&format!("({})", condition.sql), condition.binds);
        self
    }

    /// Adds what follows the conditions: `order by`, `limit`.
    #[must_use]
    pub fn tail(mut self, part: &'static str, binds: Vec<Value>) -> Self {
        self.sql.push(' ');
        self.push(part, binds);
        self
    }

    fn filter(&mut self, part: &str, binds: Vec<Value>) {
        self.sql.push_str(if self.filtered { " and " } else { " where " });
        self.filtered = true;
        self.push(part, binds);
    }

    fn push(&mut self, part: &str, binds: Vec<Value>) {
        let base = self.binds.len();
        let mut rest = part;
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').map_or(rest.len() - 1, |at| open + at);
            let number: usize = rest[open + 1..close].parse().expect("placeholders are numbers");
            self.sql.push_str(&rest[..open]);
            self.sql.push_str(&format!("${}", base + number + 1));
            rest = &rest[close + 1..];
        }
        self.sql.push_str(rest);
        self.binds.extend(binds);
    }

    /// The statement and its binds.
    pub fn finish(self) -> (String, Vec<Value>) {
        (self.sql, self.binds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_number_themselves() {
        let (sql, binds) = Select::new("select id from contracts c")
            .and("c.status = {0}", vec!["active".into()])
            .and_some("c.kind = {0}", None)
            .allowed(Condition {
                sql: "c.owner = {0} or c.owner = {1}".into(),
                binds: vec![1_i64.into(), 2_i64.into()],
            })
            .tail("order by id limit {0}", vec![50_i64.into()])
            .finish();
        assert_eq!(
            sql,
            "select id from contracts c where c.status = $1 and (c.owner = $2 or c.owner = $3) order by id limit $4"
        );
        assert_eq!(binds.len(), 4);
    }
}
