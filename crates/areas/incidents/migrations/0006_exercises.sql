-- Scenarios that the organisation wrote. A text that was stored never changes: a new one of the same name is its next version.
create table exercise_scenarios (
  -- SHA-256 of the text.
  hash TEXT primary key,
  name TEXT not null,
  version BIGINT not null,
  title TEXT not null,
  text TEXT not null,
  added_by UUID not null,
  added_by_name TEXT not null,
  added_at BIGINT not null,
  unique (name, version)
);

-- An exercise with the text of its scenario, so that its report stays readable whatever becomes of the scenario.
create table exercises (
  id UUID primary key,
  -- Counts from 1.
  number BIGINT not null unique,
  scenario TEXT not null,
  scenario_hash TEXT not null,
  scenario_title TEXT not null,
  scenario_text TEXT not null,
  planned_for TEXT not null,
  facilitator UUID not null,
  facilitator_name TEXT not null,
  state TEXT not null,
  incident UUID,
  -- The simulated clock as it stands: at this real instant it showed that simulated one, and goes on at this speed (0: it
  -- stands), never past its end.
  clock_real BIGINT,
  clock_simulated BIGINT,
  clock_speed BIGINT,
  clock_end BIGINT,
  planned_at BIGINT not null,
  started_at BIGINT,
  ended_at BIGINT,
  debrief TEXT not null,
  revision BIGINT not null
);

create index exercises_by_scenario on exercises (scenario, ended_at);
create index exercises_by_state on exercises (state, number);
create index incidents_by_exercise on incidents (exercise);

-- Who takes which role; `observer` only watches.
create table exercise_people (
  exercise UUID not null references exercises (id),
  person UUID not null,
  person_name TEXT not null,
  role TEXT not null,
  primary key (exercise, person, role)
);

create index exercise_people_by_person on exercise_people (person, exercise);

-- Every setting of the clock, so that what happened at a real instant can be told in simulated time.
create table exercise_clock (
  exercise UUID not null references exercises (id),
  number BIGINT not null,
  real_at BIGINT not null,
  simulated_at BIGINT not null,
  speed BIGINT not null,
  primary key (exercise, number)
);

-- What became of an inject. The key is why none is delivered twice.
create table exercise_injects (
  exercise UUID not null references exercises (id),
  inject TEXT not null,
  -- `delivered` or `skipped`.
  fate TEXT not null,
  simulated_at BIGINT not null,
  real_at BIGINT not null,
  by_name TEXT not null,
  primary key (exercise, inject)
);

create table exercise_ratings (
  exercise UUID not null references exercises (id),
  action TEXT not null,
  -- 0 not done to 3 fully done.
  rating BIGINT not null,
  comment TEXT not null,
  -- Rated by the program when the exercise ended, and by nobody since.
  automatic BOOLEAN not null,
  by_name TEXT not null,
  rated_at BIGINT not null,
  primary key (exercise, action)
);

create table exercise_notes (
  id UUID primary key,
  exercise UUID not null references exercises (id),
  text TEXT not null,
  by_name TEXT not null,
  simulated_at BIGINT,
  real_at BIGINT not null
);

create index exercise_notes_by_exercise on exercise_notes (exercise, real_at);

create table exercise_improvements (
  id UUID primary key,
  exercise UUID not null references exercises (id),
  text TEXT not null,
  owner UUID not null,
  owner_name TEXT not null,
  due TEXT not null,
  added_at BIGINT not null,
  added_by_name TEXT not null,
  closed_at BIGINT,
  closed_by_name TEXT not null,
  -- What was done, in the words of whoever closed it.
  closing TEXT not null,
  revision BIGINT not null
);

create index exercise_improvements_by_exercise on exercise_improvements (exercise, due);

-- When the incident of an exercise came into which state, for its rating and its report.
create table exercise_states (
  exercise UUID not null references exercises (id),
  state TEXT not null,
  person UUID not null,
  person_name TEXT not null,
  real_at BIGINT not null,
  primary key (exercise, real_at)
);
