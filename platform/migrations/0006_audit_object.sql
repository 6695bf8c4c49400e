-- Up Migration
-- 1件の経過（だれが・いつ・何を）を引くため。
CREATE INDEX event_object ON audit.event (object_kind, object_id);
