//! People: accounts, passwords and second factors, invitations, sessions, delegations, API tokens, and the set-up of an
//! empty workspace.
//!
//! A change takes a [`db::Cx`] and runs inside the caller's transaction. What has to hash a password takes the
//! [`db::Store`], because hashing takes long and no transaction may wait for it. Other areas use [`names`],
//! [`people_to_choose_from`] and [`members_of`].
//!
//! Knows no other area. What a side may do with another area's records is none of its business.

mod account;
mod accounts;
mod api;
mod config;
mod delegations;
mod hashing;
mod invitations;
mod jobs;
mod model;
mod pages;
pub mod permissions;
pub mod rules;
mod server_key;
mod sessions;
mod setup;
mod sign_in;
mod store;
mod tokens;
mod web;

pub use account::{
    SecondFactor, begin_second_factor, change_password, confirm_second_factor, renew_recovery_codes, second_factor,
    second_factor_in_the_making, turn_off_second_factor,
};
pub use accounts::{
    PAGE, PeopleFilter, deactivate, draft_of, edit_person, list_people, may_edit, members_of, name_and_email, names,
    people_to_choose_from, read_person, reset_second_factor,
};
pub use config::{Network, People, PeopleConfig, client_address};
pub use delegations::{NewDelegation, create_delegation, list_delegations, revoke_delegation, stand_ins};
pub use invitations::{
    Invited, accept_invitation, invite, list_invitations, make_password_link, open_invitation, withdraw_invitation,
};
pub use jobs::Sweep;
pub use model::{
    ApiToken, Delegation, DelegationId, Invitation, InvitationId, Person, PersonRecord, Session, SessionId, TokenId,
};
pub use rules::{
    draft::{PersonDetails, PersonDraft},
    second_factor::Enrolment,
    secret::Secret,
};
pub use server_key::ServerKey;
pub use sessions::{
    Resolved, SessionInfo, actor_of, actor_within, end_other_sessions, end_session, list_sessions, resolve_session,
    resolve_token, sign_out,
};
pub use setup::{complete_setup, prepare_setup, setup_is_open};
pub use sign_in::{SignedIn, Visitor, enter_code, sign_in};
pub use tokens::{list_tokens, make_token, revoke_token};
pub use web::authenticate;

/// The tables of this area.
pub const MIGRATIONS: &[db::Migration] =
    &[db::Migration { number: 1, name: "people", sql: include_str!("../migrations/0001_people.sql") }];

/// This area for the server's list. Its pages and endpoints need [`authenticate`] around them.
pub fn area(people: People) -> ui::Area {
    ui::Area {
        name: "people",
        nav: vec![
            ui::NavItem::new("People", "/people", "users", 80).visible(|actor| !actor.is_of(kernel::Side::Vendor)),
        ],
        pages: pages::router(people.clone()),
        api: api::router(people),
        migrations: MIGRATIONS,
        jobs: vec![std::sync::Arc::new(Sweep)],
    }
}
