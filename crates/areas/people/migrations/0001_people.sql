-- One row, whose lock orders what must not happen twice at once: the set-up, and changes of who is administrator.
create table people_guard (
  id BIGINT primary key,
  set_up BOOLEAN not null
);
insert into people_guard (id, set_up) values (1, false);

create table setup_links (
  sha256 BYTES primary key,
  expires_at BIGINT not null
);

-- `email_folded`, `name_folded` and `search` are made in Rust, so that both engines fold alike.
create table people (
  id UUID primary key,
  name TEXT not null,
  name_folded TEXT not null,
  email TEXT not null,
  email_folded TEXT not null unique,
  title TEXT not null,
  department TEXT not null,
  search TEXT not null,
  password_hash TEXT,
  administrator BOOLEAN not null,
  active BOOLEAN not null,
  access_until TEXT,
  totp_secret BYTES,
  totp_confirmed BOOLEAN not null,
  totp_last_step BIGINT,
  created_at BIGINT not null,
  revision BIGINT not null
);
create index people_by_name on people (name_folded, id);

create table person_sides (
  person UUID not null references people (id),
  side TEXT not null,
  primary key (person, side)
);
create index person_sides_by_side on person_sides (side, person);

create table recovery_codes (
  person UUID not null references people (id),
  hash BYTES not null,
  used_at BIGINT,
  primary key (person, hash)
);

-- `person` names an existing account when the link only sets a new password.
create table invitations (
  id UUID primary key,
  sha256 BYTES not null unique,
  person UUID references people (id),
  email TEXT not null,
  email_folded TEXT not null,
  name TEXT not null,
  title TEXT not null,
  department TEXT not null,
  sides TEXT not null,
  administrator BOOLEAN not null,
  access_until TEXT,
  invited_by UUID not null,
  created_at BIGINT not null,
  expires_at BIGINT not null,
  used_at BIGINT,
  withdrawn_at BIGINT
);
create index invitations_by_email on invitations (email_folded);
create index invitations_by_person on invitations (person);

create table sessions (
  id UUID primary key,
  sha256 BYTES not null unique,
  person UUID not null references people (id),
  created_at BIGINT not null,
  last_seen_at BIGINT not null,
  ip TEXT not null,
  user_agent TEXT not null,
  second_factor_done BOOLEAN not null,
  revoked_at BIGINT
);
create index sessions_by_person on sessions (person, created_at);
create index sessions_by_age on sessions (created_at);

create table api_tokens (
  id UUID primary key,
  sha256 BYTES not null unique,
  person UUID not null references people (id),
  name TEXT not null,
  read_only BOOLEAN not null,
  created_at BIGINT not null,
  expires_at BIGINT not null,
  last_used_at BIGINT,
  revoked_at BIGINT
);
create index api_tokens_by_person on api_tokens (person, created_at);

create table delegations (
  id UUID primary key,
  side TEXT not null,
  from_person UUID not null references people (id),
  to_person UUID not null references people (id),
  starts_on TEXT not null,
  ends_on TEXT not null,
  reason TEXT not null,
  created_at BIGINT not null,
  revoked_at BIGINT
);
create index delegations_by_lender on delegations (from_person, ends_on);
create index delegations_by_stand_in on delegations (to_person, ends_on);

-- Counters of tries. The key is a hash, because what people type into the wrong field is sometimes a password.
create table sign_in_attempts (
  key BYTES primary key,
  tries BIGINT not null,
  since BIGINT not null
);
create index sign_in_attempts_since on sign_in_attempts (since);
