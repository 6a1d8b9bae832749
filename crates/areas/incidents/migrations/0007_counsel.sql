-- Work on an incident that counsel directs, apart from the facts. The row's id is the id of its privileged wall.
create table counsel_tracks (
  id UUID primary key,
  incident UUID not null references incidents (id),
  purpose TEXT not null,
  -- Who was engaged, by which letter and out of which budget: apart from the ordinary course.
  engagement TEXT not null,
  directed_by UUID not null,
  directed_by_name TEXT not null,
  opened_at BIGINT not null,
  closed_at BIGINT,
  revision BIGINT not null
);

create index counsel_tracks_by_incident on counsel_tracks (incident, id);

-- Who may look, since when, and why. A row stays when it ends: the log tells of everyone who ever could.
create table counsel_recipients (
  id UUID primary key,
  track UUID not null references counsel_tracks (id),
  person UUID not null,
  person_name TEXT not null,
  reason TEXT not null,
  named_by_name TEXT not null,
  named_at BIGINT not null,
  ended_at BIGINT,
  ended_why TEXT not null
);

create index counsel_recipients_by_track on counsel_recipients (track, id);

-- Never changed once written. `description` is the line of the privilege log, without what was advised.
create table counsel_items (
  id UUID primary key,
  track UUID not null references counsel_tracks (id),
  number BIGINT not null,
  kind TEXT not null,
  basis TEXT not null,
  description TEXT not null,
  text TEXT not null,
  author UUID not null,
  author_name TEXT not null,
  written_at BIGINT not null,
  unique (track, number)
);

-- Who looked, and when.
create table counsel_reads (
  id UUID primary key,
  track UUID not null references counsel_tracks (id),
  person UUID not null,
  person_name TEXT not null,
  read_at BIGINT not null
);

create index counsel_reads_by_track on counsel_reads (track, id);
