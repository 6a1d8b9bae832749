-- What was decided. Never changed: a later decision revokes an earlier one, once.
create table incident_decisions (
  id UUID primary key,
  incident UUID not null references incidents (id),
  number BIGINT not null,
  what TEXT not null,
  why TEXT not null,
  alternatives TEXT not null,
  decided_by UUID not null,
  decided_by_name TEXT not null,
  decided_at BIGINT not null,
  revokes UUID unique references incident_decisions (id),
  entered_by UUID not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null,
  unique (incident, number)
);

-- A thing that proves something. `stored` says that its bytes lie in the file store under `sha256`; without it the hash is
-- that of something kept elsewhere, or there is none.
create table incident_evidence (
  id UUID primary key,
  incident UUID not null references incidents (id),
  number BIGINT not null,
  what TEXT not null,
  origin TEXT not null,
  sha256 TEXT not null,
  stored BOOLEAN not null,
  file_name TEXT not null,
  size BIGINT not null,
  entered_by UUID not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null,
  unique (incident, number)
);

-- Who had it, entry by entry. Nothing is ever changed here; who has it now follows from the last entries.
create table incident_custody (
  id UUID primary key,
  evidence UUID not null references incident_evidence (id),
  number BIGINT not null,
  act TEXT not null,
  from_holder TEXT not null,
  to_holder TEXT not null,
  place TEXT not null,
  at BIGINT not null,
  why TEXT not null,
  entered_by UUID not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null,
  unique (evidence, number)
);

-- Ways to talk that the attacker does not read.
create table incident_channels (
  id UUID primary key,
  incident UUID not null references incidents (id),
  number BIGINT not null,
  name TEXT not null,
  reach TEXT not null,
  people TEXT not null,
  independent BOOLEAN not null,
  used_since BIGINT not null,
  ended_at BIGINT,
  revision BIGINT not null,
  entered_by UUID not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null,
  unique (incident, number)
);

-- Who was told, and when.
create table incident_told (
  id UUID primary key,
  incident UUID not null references incidents (id),
  who TEXT not null,
  what TEXT not null,
  told_at BIGINT not null,
  told_by TEXT not null,
  channel UUID references incident_channels (id),
  entered_by UUID not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null
);

create index incident_told_by_time on incident_told (incident, told_at, id);

-- Amounts are whole minor units of their currency.
create table incident_costs (
  id UUID primary key,
  incident UUID not null references incidents (id),
  number BIGINT not null,
  what TEXT not null,
  category TEXT not null,
  amount BIGINT not null,
  currency TEXT not null,
  dated TEXT not null,
  kind TEXT not null,
  -- Why it no longer counts; empty while it does.
  struck TEXT not null,
  revision BIGINT not null,
  entered_by UUID not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null,
  unique (incident, number)
);

create table incident_lessons (
  id UUID primary key,
  incident UUID not null references incidents (id),
  number BIGINT not null,
  lesson TEXT not null,
  entered_by UUID not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null,
  unique (incident, number)
);

-- What is to be done because of a lesson, with somebody who sees to it.
create table incident_actions (
  id UUID primary key,
  incident UUID not null references incidents (id),
  number BIGINT not null,
  what TEXT not null,
  lesson UUID references incident_lessons (id),
  owner UUID not null,
  owner_name TEXT not null,
  due TEXT not null,
  done_at BIGINT,
  done_by_name TEXT not null,
  proof TEXT not null,
  revision BIGINT not null,
  entered_by UUID not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null,
  unique (incident, number)
);

create index incident_actions_by_due on incident_actions (due, id);
create index incident_actions_by_owner on incident_actions (owner, due, id);

-- A legal hold. Its words are read by people who know nothing of the incident, so `number` counts on its own.
create table incident_holds (
  id UUID primary key,
  incident UUID not null references incidents (id),
  number BIGINT not null unique,
  title TEXT not null,
  keep TEXT not null,
  period TEXT not null,
  why TEXT not null,
  issued_by UUID not null,
  issued_by_name TEXT not null,
  issued_at BIGINT not null,
  released_at BIGINT,
  released_by_name TEXT not null,
  released_why TEXT not null,
  revision BIGINT not null
);

create index incident_holds_by_incident on incident_holds (incident, number);

create table incident_custodians (
  hold UUID not null references incident_holds (id),
  person UUID not null,
  person_name TEXT not null,
  added_at BIGINT not null,
  acknowledged_at BIGINT,
  primary key (hold, person)
);

create index incident_custodians_by_person on incident_custodians (person, hold);
