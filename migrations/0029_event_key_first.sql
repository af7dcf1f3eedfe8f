-- Of two indexes that would cost the same the planner takes the younger one, and of an empty table any two do. A plan made
-- then, and kept while the table grows, looked an event up by its id in `event_received`: among all of its application.
alter table event drop constraint event_pkey;
alter table event add constraint event_pkey primary key (application_id, event_id);
