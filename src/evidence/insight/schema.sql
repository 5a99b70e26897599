-- shelf: data
-- migration 1
-- What followed an intervention, counted over everybody; worked out anew by every refresh. event_id '': any of them.
CREATE TABLE intervention_result (
	intervention_id TEXT NOT NULL,
	event_id TEXT NOT NULL,
	cases INT NOT NULL,
	followed INT NOT NULL,
	PRIMARY KEY (intervention_id, event_id)
) CLUSTERED;
