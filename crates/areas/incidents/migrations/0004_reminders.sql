-- A reminder of a clock that was told, so that it is told once: over all processes, and for each instant that the clock was
-- due. `step` is how many minutes before; 0 is overdue.
create table incident_reminders (
  incident UUID not null references incidents (id),
  rule TEXT not null,
  due BIGINT not null,
  step BIGINT not null,
  told TEXT not null,
  told_at BIGINT not null,
  primary key (incident, rule, due, step)
);

-- When to remind of the clocks of some rules, other than by default. `minutes` is JSON, a list.
create table incident_reminder_rules (
  id UUID primary key,
  pattern TEXT not null unique,
  minutes TEXT not null,
  changed_by_name TEXT not null,
  changed_at BIGINT not null,
  revision BIGINT not null
);

-- A secret address under which a calendar reads a person's clocks.
create table incident_feeds (
  id UUID primary key,
  sha256 BYTES not null unique,
  person UUID not null,
  created_at BIGINT not null,
  last_used_at BIGINT,
  revoked_at BIGINT
);

create index incident_feeds_by_person on incident_feeds (person, created_at);
