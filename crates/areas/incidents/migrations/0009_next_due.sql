-- The tightest clock of the law, for lists: reckoned when a fact changed. The board itself is always reckoned anew.
alter table incidents add column next_due BIGINT;
alter table incidents add column next_rule TEXT not null default '';

create index incidents_by_next_due on incidents (state, next_due);
