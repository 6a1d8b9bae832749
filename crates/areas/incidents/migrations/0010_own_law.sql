-- Rules of the organisation's own, in the form of the shipped ones: what an insurer, a group or a supervisor asks for.
create table own_rules (
  id UUID primary key,
  file TEXT not null unique,
  text TEXT not null,
  active BOOLEAN not null,
  changed_by_name TEXT not null,
  changed_at BIGINT not null,
  revision BIGINT not null
);

-- Days off that were announced and that the tables don't know, for every incident.
create table own_closures (
  id UUID primary key,
  calendar TEXT not null,
  day TEXT not null,
  why TEXT not null,
  source TEXT not null,
  entered_by_name TEXT not null,
  entered_at BIGINT not null,
  unique (calendar, day)
);
