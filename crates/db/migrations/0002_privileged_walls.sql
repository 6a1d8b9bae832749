-- Behind a privileged wall are only the people named: not even the side that owns restricted records looks in.
alter table walls add column privileged BOOLEAN not null default FALSE;
