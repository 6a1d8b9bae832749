//! The policy, parsed and checked, asked in its two forms.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PartialEntities, PartialEntityUid, PartialRequest, PolicyId, PolicySet, Request, RestrictedExpression, Schema,
    SchemaFragment, ValidationMode, Validator, pst::Effect,
};
use kernel::{Actor, Attr, Authority, Columns, Condition, Permission, PersonId, Resource};

use crate::{
    condition,
    rule::{ME, PERSON, Rule},
    shape::Shape,
};

const POLICY: &str = include_str!("../policy.cedar");
const SCHEMA: &str = include_str!("../schema.cedarschema");

/// Stands where a record names no person. It is no id that a person can have.
const NOBODY: &str = "nobody";

/// Worked-out conditions kept at most. There are some tens of shapes and actions in use; this bounds the odd case.
const MAX_RULES: usize = 4096;

/// A policy or schema that cannot be used. Both are part of the program, so this is a fault of the build.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("the schema of the policy cannot be read: {0}")]
    Schema(String),
    #[error("the policy cannot be read: {0}")]
    Policy(String),
    #[error("the policy does not fit its schema: {0}")]
    Invalid(String),
}

/// What a kind of record must hand over.
struct Kind {
    name: EntityTypeName,
    attrs: Vec<(String, AttrType)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum AttrType {
    Bool,
    Text,
    Person,
    People,
}

/// Something that can be done, with the policies that speak of it. Asking these alone is faster than
/// asking all, and the others could not apply.
struct Action {
    uid: EntityUid,
    policies: PolicySet,
}

/// The policy of Countersign.
pub struct Policy {
    schema: Schema,
    authorizer: Authorizer,
    person: EntityTypeName,
    kinds: HashMap<String, Kind>,
    actions: HashMap<String, Action>,
    /// By shape and permission, what is left for the record to say.
    rules: RwLock<HashMap<(Shape, Permission), Arc<Worked>>>,
}

/// What is left of the policy for people of a shape.
struct Worked {
    rule: Rule,
    /// Whether the rule says all of it. Where a list cannot express a part, the list denies and the engine decides.
    whole: bool,
}

impl Policy {
    /// Parses the policy and checks it against its schema, strictly.
    ///
    /// # Errors
    /// When the text that the program was built with is at fault.
    pub fn new() -> Result<Self, PolicyError> {
        let schema_error = |error: &dyn std::fmt::Display| PolicyError::Schema(error.to_string());
        let (fragment, _) = SchemaFragment::from_cedarschema_str(SCHEMA).map_err(|error| schema_error(&error))?;
        let json = fragment.clone().to_json_value().map_err(|error| schema_error(&error))?;
        let schema = Schema::from_schema_fragments([fragment]).map_err(|error| schema_error(&error))?;
        let policies = named(POLICY.parse().map_err(|error| PolicyError::Policy(format!("{error}")))?)?;
        let checked = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !checked.validation_passed_without_warnings() {
            return Err(PolicyError::Invalid(checked.to_string()));
        }
        let type_name = |name: &str| name.parse::<EntityTypeName>().map_err(|error| schema_error(&error));
        let mut kinds = HashMap::new();
        let missing = || PolicyError::Schema("it declares nothing".to_owned());
        for (name, declared) in json[""]["entityTypes"].as_object().ok_or_else(missing)? {
            // A person's own attributes are made here and never handed over.
            let handed_over = declared["shape"]["attributes"].as_object().filter(|_| name != PERSON);
            let mut attrs = Vec::new();
            for (attr, declared) in handed_over.into_iter().flatten() {
                let unknown = || PolicyError::Schema(format!("`{name}.{attr}` is of no type known here: {declared}"));
                attrs.push((attr.clone(), attr_type(declared).ok_or_else(unknown)?));
            }
            kinds.insert(name.clone(), Kind { name: type_name(name)?, attrs });
        }
        let mut actions = HashMap::new();
        for (name, declared) in json[""]["actions"].as_object().ok_or_else(missing)? {
            if declared["memberOf"].as_array().is_some_and(|groups| !groups.is_empty()) {
                return Err(PolicyError::Schema(format!(
                    "`{name}` is in a group of actions (name the actions in the policy)"
                )));
            }
            let uid = EntityUid::from_type_name_and_id(type_name("Action")?, EntityId::new(name));
            let speaks_of_it = |policy: &&cedar_policy::Policy| match policy.action_constraint() {
                ActionConstraint::Any => true,
                ActionConstraint::Eq(one) => one == uid,
                ActionConstraint::In(several) => several.contains(&uid),
            };
            let policies = PolicySet::from_policies(policies.policies().filter(speaks_of_it).cloned())
                .map_err(|error| PolicyError::Policy(error.to_string()))?;
            actions.insert(name.clone(), Action { uid, policies });
        }
        Ok(Self {
            person: type_name(PERSON)?,
            schema,
            authorizer: Authorizer::new(),
            kinds,
            actions,
            rules: RwLock::new(HashMap::new()),
        })
    }

    /// The policy as an auditor reads it.
    pub fn text() -> &'static str {
        POLICY
    }

    /// Every action with the kind of record it is done to, sorted: for the matrix of the tests and the manual.
    pub fn actions(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<_> = self
            .schema
            .request_envs()
            .filter_map(|env| {
                let (action, _) = self.actions.iter().find(|(_, action)| action.uid == *env.action())?;
                let (kind, _) = self.kinds.iter().find(|(_, kind)| kind.name == *env.resource())?;
                Some((action.as_str(), kind.as_str()))
            })
            .collect();
        pairs.sort_unstable_by_key(|(action, kind)| (*kind, *action));
        pairs
    }

    /// What the policy engine itself answers, unhurried: for the tests, which hold every decision against it.
    #[doc(hidden)]
    pub fn by_the_engine(&self, actor: &Actor, permission: Permission, resource: &Resource) -> bool {
        self.ask_the_engine(actor, permission, resource).unwrap_or(false)
    }

    /// Decides by the same rule that limits lists, so that the two cannot disagree and a page with twenty buttons
    /// does not wait for the engine twenty times.
    fn decide(&self, actor: &Actor, permission: Permission, resource: &Resource) -> Result<bool, String> {
        if permission.kind != resource.kind {
            return Err(format!("the record is a `{}`", resource.kind));
        }
        let (_, kind) = self.known(permission)?;
        fits(kind, resource)?;
        let worked = self.rule(Shape::of(actor), permission)?;
        if worked.whole {
            worked.rule.holds(resource, actor.person)
        } else {
            self.ask_the_engine(actor, permission, resource)
        }
    }

    fn ask_the_engine(&self, actor: &Actor, permission: Permission, resource: &Resource) -> Result<bool, String> {
        if permission.kind != resource.kind {
            return Err(format!("the record is a `{}`", resource.kind));
        }
        let (action, kind) = self.known(permission)?;
        let me = actor.person.to_string();
        let principal = self.person_uid(&me);
        let person = self.person_entity(principal.clone(), Shape::of(actor))?;
        let record = EntityUid::from_type_name_and_id(kind.name.clone(), EntityId::new(&resource.id));
        let request = Request::new(principal, action.uid.clone(), record.clone(), Context::empty(), Some(&self.schema))
            .map_err(|error| error.to_string())?;
        let record = self.record_entity(record, kind, resource)?;
        let entities = Entities::from_entities([person, record], None).map_err(|error| error.to_string())?;
        let response = self.authorizer.is_authorized(&request, &action.policies, &entities);
        // The engine passes over a policy that fails, and a wall that is passed over is a hole.
        match response.diagnostics().errors().next() {
            Some(error) => Err(error.to_string()),
            None => Ok(response.decision() == Decision::Allow),
        }
    }

    /// What is left of the policy for people of this shape, worked out once.
    fn rule(&self, shape: Shape, permission: Permission) -> Result<Arc<Worked>, String> {
        let key = (shape, permission);
        if let Some(rule) = self.rules.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(rule.clone());
        }
        let rule = Arc::new(self.work_out(shape, permission)?);
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        if rules.len() >= MAX_RULES {
            rules.clear();
        }
        rules.insert(key, rule.clone());
        Ok(rule)
    }

    fn work_out(&self, shape: Shape, permission: Permission) -> Result<Worked, String> {
        let (action, kind) = self.known(permission)?;
        let principal = self.person_uid(ME);
        let person = self.person_entity(principal.clone(), shape)?;
        let entities = Entities::from_entities([person], None).map_err(|error| error.to_string())?;
        let entities = PartialEntities::from_concrete(entities, &self.schema).map_err(|error| error.to_string())?;
        let request = PartialRequest::new(
            PartialEntityUid::from_concrete(principal),
            action.uid.clone(),
            PartialEntityUid::new(kind.name.clone(), None),
            Some(Context::empty()),
            &self.schema,
        )
        .map_err(|error| error.to_string())?;
        let response = action.policies.tpe(&request, &entities, &self.schema).map_err(|error| error.to_string())?;
        if response.error_permits().next().is_some() || response.error_forbids().next().is_some() {
            return Err("a policy fails".to_owned());
        }
        if response.true_forbids().next().is_some() {
            return Ok(Worked { rule: Rule::Always(false), whole: true });
        }
        let mut whole = true;
        let (mut permits, mut forbids) = (Vec::new(), Vec::new());
        if response.true_permits().next().is_some() {
            permits.push(Rule::Always(true));
        }
        for residual in response.residual_policies() {
            let policy = residual.to_pst().map_err(|error| error.to_string())?;
            let rule = Rule::of_policy(&policy);
            if let Err(node) = &rule {
                whole = false;
                tracing::error!(policy = %residual.id(), node, "a list cannot express this part of the policy and denies");
            }
            match policy.body().effect {
                Effect::Permit => permits.extend(rule),
                Effect::Forbid => forbids.push(rule.unwrap_or(Rule::Always(true))),
            }
        }
        Ok(Worked { rule: Rule::all(vec![Rule::any(permits), Rule::not(Rule::any(forbids))]), whole })
    }

    fn known(&self, permission: Permission) -> Result<(&Action, &Kind), String> {
        let action = self.actions.get(permission.action).ok_or("the policy knows no such action")?;
        let kind = self.kinds.get(permission.kind).ok_or("the policy knows no such kind of record")?;
        Ok((action, kind))
    }

    fn person_uid(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.person.clone(), EntityId::new(id))
    }

    fn person_entity(&self, uid: EntityUid, shape: Shape) -> Result<Entity, String> {
        let words = |sides: &mut dyn Iterator<Item = kernel::Side>| {
            let words: Vec<_> = sides.map(|side| RestrictedExpression::new_string(side.as_str().to_owned())).collect();
            RestrictedExpression::new_set(words)
        };
        let attrs = HashMap::from([
            ("sides".to_owned(), words(&mut shape.sides())),
            ("signs".to_owned(), words(&mut shape.signs())),
            ("administrator".to_owned(), RestrictedExpression::new_bool(shape.administrator)),
            ("system".to_owned(), RestrictedExpression::new_bool(shape.system)),
            ("readOnly".to_owned(), RestrictedExpression::new_bool(shape.read_only)),
        ]);
        Entity::new(uid, attrs, HashSet::new()).map_err(|error| error.to_string())
    }

    fn record_entity(&self, uid: EntityUid, kind: &Kind, resource: &Resource) -> Result<Entity, String> {
        fits(kind, resource)?;
        let person = |id: &PersonId| RestrictedExpression::new_entity_uid(self.person_uid(&id.to_string()));
        let value = |attr: &Attr| match attr {
            Attr::Bool(yes) => RestrictedExpression::new_bool(*yes),
            Attr::Text(text) => RestrictedExpression::new_string(text.clone()),
            Attr::Person(Some(id)) => person(id),
            Attr::Person(None) => RestrictedExpression::new_entity_uid(self.person_uid(NOBODY)),
            Attr::People(people) => RestrictedExpression::new_set(people.iter().map(person).collect::<Vec<_>>()),
        };
        let attrs = resource.attrs.iter().map(|(name, attr)| ((*name).to_owned(), value(attr))).collect();
        Entity::new(uid, attrs, HashSet::new()).map_err(|error| error.to_string())
    }
}

/// Every declared attribute must be there, once and of its type, and no other: an absent one would make a wall fail open.
fn fits(kind: &Kind, resource: &Resource) -> Result<(), String> {
    for (name, of) in &kind.attrs {
        let mut given = resource.attrs.iter().filter(|(given, _)| given == name);
        let (Some((_, attr)), None) = (given.next(), given.next()) else {
            return Err(format!("`{name}` is not given once"));
        };
        let fitting = matches!(
            (attr, of),
            (Attr::Bool(_), AttrType::Bool)
                | (Attr::Text(_), AttrType::Text)
                | (Attr::Person(_), AttrType::Person)
                | (Attr::People(_), AttrType::People)
        );
        if !fitting {
            return Err(format!("`{name}` is of another type"));
        }
    }
    match resource.attrs.iter().find(|(name, _)| !kind.attrs.iter().any(|(known, _)| known == name)) {
        Some((name, _)) => Err(format!("`{name}` is not an attribute of it")),
        None => Ok(()),
    }
}

impl Authority for Policy {
    fn allows(&self, actor: &Actor, permission: Permission, resource: &Resource) -> bool {
        self.decide(actor, permission, resource).unwrap_or_else(|error| {
            tracing::error!(
                action = permission.action,
                kind = permission.kind,
                error,
                "the policy was asked wrongly and denies"
            );
            false
        })
    }

    fn condition(&self, actor: &Actor, permission: Permission, columns: &Columns) -> Condition {
        let condition = if permission.kind == columns.kind {
            self.rule(Shape::of(actor), permission)
                .and_then(|worked| condition::write(&worked.rule, columns, actor.person))
        } else {
            Err(format!("the columns are of a `{}`", columns.kind))
        };
        condition.unwrap_or_else(|error| {
            tracing::error!(
                action = permission.action,
                kind = permission.kind,
                error,
                "a list cannot be limited by the policy and denies"
            );
            Condition::nothing()
        })
    }
}

/// Gives each policy the name in its `@id`, so that messages and the log name it as the text does.
fn named(parsed: PolicySet) -> Result<PolicySet, PolicyError> {
    let mut policies = PolicySet::new();
    for policy in parsed.policies() {
        let Some(name) = policy.annotation("id") else {
            return Err(PolicyError::Policy(format!("a rule has no @id: {policy}")));
        };
        let policy = policy.new_id(PolicyId::new(name));
        policies.add(policy).map_err(|error| PolicyError::Policy(error.to_string()))?;
    }
    Ok(policies)
}

fn attr_type(declared: &serde_json::Value) -> Option<AttrType> {
    if declared.get("required") == Some(&serde_json::Value::Bool(false)) {
        return None;
    }
    let named = |of: &serde_json::Value| match of["name"].as_str()? {
        PERSON => Some(AttrType::Person),
        "Bool" | "__cedar::Bool" => Some(AttrType::Bool),
        "String" | "__cedar::String" => Some(AttrType::Text),
        _ => None,
    };
    match declared["type"].as_str()? {
        "Set" => named(&declared["element"]).filter(|of| *of == AttrType::Person).map(|_| AttrType::People),
        _ => named(declared),
    }
}
