//! What is left of the policy once the person and the action are known: a condition on the record alone.
//!
//! The policy engine evaluates each policy as far as it can; this reads what remains and keeps the few kinds of node
//! that a database can answer. Any other node is an error, and the caller must deny.

use cedar_policy::pst::{BinaryOp, Clause, Expr, Literal, Policy, UnaryOp, Var};
use kernel::{Attr, PersonId, Resource, Value};

/// The id under which a person stands in a condition that is shared by all people of the same shape.
pub(crate) const ME: &str = "me";

/// The type of a person in the policy.
pub(crate) const PERSON: &str = "Person";

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rule {
    Always(bool),
    /// A yes-or-no attribute of the record.
    Holds(String),
    /// An attribute of the record is this very value.
    Is(String, Operand),
    /// A set of people in the record contains this one.
    Names(String, Operand),
    Not(Box<Rule>),
    All(Vec<Rule>),
    Any(Vec<Rule>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// Whoever asks.
    Me,
    Value(Value),
}

impl Rule {
    /// The condition of a policy that was evaluated as far as possible.
    ///
    /// # Errors
    /// With the node that no condition can express.
    pub fn of_policy(policy: &Policy) -> Result<Rule, String> {
        let clauses = policy.body().clauses().iter().map(|clause| match clause {
            Clause::When(expr) => read(expr),
            Clause::Unless(expr) => read(expr).map(Rule::not),
        });
        Ok(Rule::all(clauses.collect::<Result<_, _>>()?))
    }

    pub fn not(rule: Rule) -> Rule {
        match rule {
            Rule::Always(holds) => Rule::Always(!holds),
            Rule::Not(inner) => *inner,
            other => Rule::Not(Box::new(other)),
        }
    }

    pub fn all(rules: Vec<Rule>) -> Rule {
        Self::join(rules, false, Rule::All)
    }

    pub fn any(rules: Vec<Rule>) -> Rule {
        Self::join(rules, true, Rule::Any)
    }

    /// `decisive` is the value that settles the whole: no for "all", yes for "any".
    fn join(rules: Vec<Rule>, decisive: bool, joined: fn(Vec<Rule>) -> Rule) -> Rule {
        if rules.contains(&Rule::Always(decisive)) {
            return Rule::Always(decisive);
        }
        let mut open: Vec<Rule> = Vec::new();
        for rule in rules {
            if rule != Rule::Always(!decisive) && !open.contains(&rule) {
                open.push(rule);
            }
        }
        match open.len() {
            0 => Rule::Always(!decisive),
            1 => open.remove(0),
            _ => joined(open),
        }
    }

    /// Whether a record satisfies it, for whoever asks. The record was checked to have every attribute of its kind.
    ///
    /// # Errors
    /// When the rule asks for what the record does not have.
    pub fn holds(&self, record: &Resource, me: PersonId) -> Result<bool, String> {
        let attr = |name: &str| {
            let found = record.attrs.iter().find(|(given, _)| *given == name);
            found.map(|(_, attr)| attr).ok_or_else(|| format!("the record has no `{name}`"))
        };
        let misfit = |name: &str| format!("`{name}` is of another type than the rule expects");
        let person = |operand: &Operand| match operand {
            Operand::Me => Some(me),
            Operand::Value(Value::Uuid(Some(id))) => Some(PersonId(*id)),
            Operand::Value(_) => None,
        };
        match self {
            Rule::Always(holds) => Ok(*holds),
            Rule::Holds(name) => match attr(name)? {
                Attr::Bool(yes) => Ok(*yes),
                _ => Err(misfit(name)),
            },
            Rule::Is(name, operand) => match (attr(name)?, operand) {
                (Attr::Text(text), Operand::Value(Value::Text(Some(value)))) => Ok(text == value),
                (Attr::Person(id), operand) => {
                    let other = person(operand).ok_or_else(|| misfit(name))?;
                    Ok(*id == Some(other))
                }
                _ => Err(misfit(name)),
            },
            Rule::Names(name, operand) => match (attr(name)?, person(operand)) {
                (Attr::People(people), Some(other)) => Ok(people.contains(&other)),
                _ => Err(misfit(name)),
            },
            Rule::Not(inner) => Ok(!inner.holds(record, me)?),
            Rule::All(rules) => {
                for rule in rules {
                    if !rule.holds(record, me)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Rule::Any(rules) => {
                for rule in rules {
                    if rule.holds(record, me)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }
}

fn read(expr: &Expr) -> Result<Rule, String> {
    match expr {
        Expr::Literal(Literal::Bool(holds)) => Ok(Rule::Always(*holds)),
        Expr::GetAttr { .. } => attribute(expr).map(Rule::Holds),
        Expr::UnaryOp { op: UnaryOp::Not, expr } => read(expr).map(Rule::not),
        Expr::BinaryOp { op: BinaryOp::And, left, right } => Ok(Rule::all(vec![read(left)?, read(right)?])),
        Expr::BinaryOp { op: BinaryOp::Or, left, right } => Ok(Rule::any(vec![read(left)?, read(right)?])),
        Expr::BinaryOp { op: BinaryOp::Eq, left, right } => equality(left, right),
        Expr::BinaryOp { op: BinaryOp::NotEq, left, right } => equality(left, right).map(Rule::not),
        Expr::BinaryOp { op: BinaryOp::Contains, left, right } => Ok(Rule::Names(attribute(left)?, operand(right)?)),
        other => Err(format!("`{other}`")),
    }
}

fn equality(left: &Expr, right: &Expr) -> Result<Rule, String> {
    let (attribute, other) = match (attribute(left), attribute(right)) {
        (Ok(attribute), Err(_)) => (attribute, right),
        (Err(_), Ok(attribute)) => (attribute, left),
        _ => return Err(format!("`{left} == {right}`")),
    };
    Ok(match operand(other)? {
        Operand::Value(Value::Bool(Some(true))) => Rule::Holds(attribute),
        Operand::Value(Value::Bool(Some(false))) => Rule::not(Rule::Holds(attribute)),
        operand => Rule::Is(attribute, operand),
    })
}

fn attribute(expr: &Expr) -> Result<String, String> {
    match expr {
        Expr::GetAttr { expr: of, attr } if matches!(**of, Expr::Var(Var::Resource)) => Ok(attr.to_string()),
        other => Err(format!("`{other}`")),
    }
}

fn operand(expr: &Expr) -> Result<Operand, String> {
    let value = match expr {
        Expr::Literal(Literal::Bool(yes)) => Value::from(*yes),
        Expr::Literal(Literal::String(text)) => Value::from(text.as_str()),
        Expr::Literal(Literal::EntityUID(uid)) if uid.ty.to_string() == PERSON => {
            if uid.eid == ME {
                return Ok(Operand::Me);
            }
            Value::from(uid.eid.parse::<PersonId>().map_err(|_| format!("`{uid}`"))?)
        }
        other => return Err(format!("`{other}`")),
    };
    Ok(Operand::Value(value))
}
