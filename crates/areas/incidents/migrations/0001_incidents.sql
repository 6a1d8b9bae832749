-- An incident, or an exercise that looks like one. `number` counts from 1 and is how people speak of it.
create table incidents (
  id UUID primary key,
  number BIGINT not null unique,
  title TEXT not null,
  what TEXT not null,
  state TEXT not null,
  -- Why it was closed or set aside.
  outcome TEXT not null,
  reported_by UUID not null,
  reported_by_name TEXT not null,
  reported_at BIGINT not null,
  -- The exercise that this is a part of. Nothing of it leaves the system.
  exercise UUID,
  revision BIGINT not null
);

create index incidents_by_state on incidents (state, number);

-- Never changed once written: a later entry of the same path takes the place of the earlier one, and both stay readable.
-- `number` counts the entries of one path, so that of two people who change a fact at once the second is told.
create table incident_facts (
  id UUID primary key,
  incident UUID not null references incidents (id),
  path TEXT not null,
  number BIGINT not null,
  -- JSON; `null` withdraws the fact.
  value TEXT not null,
  source TEXT not null,
  entered_by UUID not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null,
  unique (incident, path, number)
);

-- What a new fact did to a clock.
create table incident_moves (
  id UUID primary key,
  incident UUID not null references incidents (id),
  fact UUID not null references incident_facts (id),
  rule TEXT not null,
  status_before TEXT not null,
  due_before TEXT not null,
  status_after TEXT not null,
  due_after TEXT not null,
  because TEXT not null
);

create index incident_moves_by_incident on incident_moves (incident, id);

-- Who sees to a clock.
create table incident_takers (
  incident UUID not null references incidents (id),
  rule TEXT not null,
  person UUID not null,
  person_name TEXT not null,
  taken_at BIGINT not null,
  primary key (incident, rule)
);
