-- The response plan, version by version. `state`: draft, in_force, retired, discarded. `hash` is that of the text which both
-- sides signed; a draft has none yet.
create table plans (
  id UUID primary key,
  number BIGINT not null unique,
  state TEXT not null,
  title TEXT not null,
  review_by TEXT,
  made_from BIGINT,
  made_by_name TEXT not null,
  made_at BIGINT not null,
  in_force_at BIGINT,
  retired_at BIGINT,
  hash TEXT not null,
  revision BIGINT not null
);

create unique index plans_one_draft on plans (state) where state = 'draft';
create unique index plans_one_in_force on plans (state) where state = 'in_force';

-- A role and a step keep their id from version to version, so that what changed can be told.
create table plan_roles (
  plan UUID not null references plans (id),
  id UUID not null,
  position BIGINT not null,
  name TEXT not null,
  side TEXT not null,
  leads BOOLEAN not null,
  person UUID,
  person_name TEXT not null,
  deputy UUID,
  deputy_name TEXT not null,
  primary key (plan, id)
);

create table plan_steps (
  plan UUID not null references plans (id),
  id UUID not null,
  position BIGINT not null,
  track TEXT not null,
  title TEXT not null,
  what TEXT not null,
  role UUID,
  -- Minutes from the opening of an incident.
  within_minutes BIGINT,
  follows UUID,
  -- Words with commas between; none means every kind of incident.
  kinds TEXT not null,
  primary key (plan, id)
);

create table plan_signatures (
  id UUID primary key,
  plan UUID not null references plans (id),
  side TEXT not null,
  person UUID not null,
  person_name TEXT not null,
  hash TEXT not null,
  signed_at BIGINT not null,
  voided_at BIGINT
);

create unique index plan_signatures_live on plan_signatures (plan, side) where voided_at is null;

-- That an incident was opened by a plan, and by which version. It happens once.
create table incident_plans (
  incident UUID primary key references incidents (id),
  plan UUID not null references plans (id),
  number BIGINT not null,
  started_at BIGINT not null,
  started_by_name TEXT not null
);

-- The steps as they stood in the plan, with what became of them.
create table incident_steps (
  incident UUID not null references incident_plans (incident),
  number BIGINT not null,
  step UUID not null,
  track TEXT not null,
  title TEXT not null,
  what TEXT not null,
  role TEXT not null,
  person UUID,
  person_name TEXT not null,
  deputy UUID,
  deputy_name TEXT not null,
  due_at BIGINT,
  follows BIGINT,
  kinds TEXT not null,
  state TEXT not null,
  closed_at BIGINT,
  closed_by UUID,
  closed_by_name TEXT not null,
  note TEXT not null,
  revision BIGINT not null,
  primary key (incident, number)
);

create index incident_steps_by_person on incident_steps (person, state);
