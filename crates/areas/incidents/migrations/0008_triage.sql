-- How each side judges an incident. Never changed once written: the newest of a side counts.
create table incident_triage (
  id UUID primary key,
  incident UUID not null references incidents (id),
  side TEXT not null,
  number BIGINT not null,
  impact TEXT not null,
  words TEXT not null,
  person UUID not null,
  person_name TEXT not null,
  judged_at BIGINT not null,
  unique (incident, side, number)
);
