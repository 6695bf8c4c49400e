-- Up Migration
-- 保存期限を過ぎた控えの消去。権限のある人が控えを挙げて指示し、権限のある別の人が承認し、期限と消せない期間を過ぎたものだけを消した記録が残る。
ALTER TABLE upkeep.work_order DROP CONSTRAINT work_order_kind;
ALTER TABLE upkeep.work_order ADD CONSTRAINT work_order_kind CHECK (kind IN ('right', 'alarmRoute', 'restore', 'repair', 'expire'));
COMMENT ON CONSTRAINT work_order_kind ON upkeep.work_order IS '指示の種類は、決められたものだけです。';
COMMENT ON COLUMN upkeep.work_order.kind IS '種類: right 保守の権限、alarmRoute 警報の宛先、restore 復元、repair データの補修、expire 期限を過ぎた控えの消去';
ALTER TABLE upkeep.copy_access DROP CONSTRAINT copy_access_action;
ALTER TABLE upkeep.copy_access ADD CONSTRAINT copy_access_action CHECK (action IN ('take', 'list', 'verify', 'medium', 'restore', 'expire'));
COMMENT ON CONSTRAINT copy_access_action ON upkeep.copy_access IS '控えに触れた種類は、決められたものだけです。';
COMMENT ON COLUMN upkeep.copy_access.action IS '何をしたか: take とった、list 一覧、verify 確かめた、medium 媒体に写した、restore 復元した、expire 期限を過ぎて消した';
COMMENT ON FUNCTION upkeep.has_right IS 'その人が、その時刻に、保守の権限（backup.take、backup.read、backup.restore、backup.expire、repair.order、repair.approve）を持つか';

CREATE TABLE upkeep.copy_removal (
  copy_id    text PRIMARY KEY REFERENCES upkeep.copy,
  order_id   bigint NOT NULL REFERENCES upkeep.work_order,
  objects    integer NOT NULL CONSTRAINT copy_removal_objects CHECK (objects > 0),
  digest     text NOT NULL CONSTRAINT copy_removal_digest CHECK (digest ~ '^[0-9a-f]{64}$'),
  removed_by text NOT NULL CONSTRAINT copy_removal_by CHECK (removed_by <> ''),
  removed_at timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE upkeep.copy_removal IS '消した控え。置き場所からすべて消えたことを確かめてから書く。一つの控えに一度だけ。';
COMMENT ON COLUMN upkeep.copy_removal.copy_id IS '控え';
COMMENT ON COLUMN upkeep.copy_removal.order_id IS '消去の指示';
COMMENT ON COLUMN upkeep.copy_removal.objects IS '消して、ないことを確かめたものの数（目録を含む）';
COMMENT ON COLUMN upkeep.copy_removal.digest IS '消した控えの目録のハッシュ';
COMMENT ON COLUMN upkeep.copy_removal.removed_by IS '消した人';
COMMENT ON COLUMN upkeep.copy_removal.removed_at IS '消した時刻';
COMMENT ON CONSTRAINT copy_removal_objects ON upkeep.copy_removal IS '消したものが一つもありません。';
COMMENT ON CONSTRAINT copy_removal_digest ON upkeep.copy_removal IS '目録のハッシュの形が正しくありません。';
COMMENT ON CONSTRAINT copy_removal_by ON upkeep.copy_removal IS '消した人が要ります。';

CREATE FUNCTION upkeep.may_remove(of_copy text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM upkeep.copy c WHERE c.copy_id = of_copy AND c.expires_on < (at AT TIME ZONE 'Asia/Tokyo')::date AND (c.locked_until IS NULL OR c.locked_until <= at))
$$;
COMMENT ON FUNCTION upkeep.may_remove IS '控えの保存期限と、消せない期間が、どちらも過ぎたか';

CREATE FUNCTION upkeep.copy_removal_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE o upkeep.work_order;
BEGIN
  IF NOT upkeep.has_right(NEW.removed_by, 'backup.expire', identity.clock()) THEN
    RAISE EXCEPTION 'no right' USING ERRCODE = 'HGU01', CONSTRAINT = 'upkeep_right_needed';
  END IF;
  SELECT * INTO o FROM upkeep.work_order x WHERE x.order_id = NEW.order_id;
  IF o.kind <> 'expire' OR NOT o.content->'copyIds' ? NEW.copy_id THEN
    RAISE EXCEPTION 'another content' USING ERRCODE = 'HGU03', CONSTRAINT = 'upkeep_same_content';
  END IF;
  IF NOT EXISTS (SELECT FROM upkeep.work_use u WHERE u.order_id = NEW.order_id AND u.used_by = NEW.removed_by) THEN
    RAISE EXCEPTION 'not granted' USING ERRCODE = 'HGU04', CONSTRAINT = 'upkeep_granted';
  END IF;
  IF identity.clock() < o.valid_from OR identity.clock() >= o.valid_to THEN
    RAISE EXCEPTION 'outside the window' USING ERRCODE = 'HGU05', CONSTRAINT = 'upkeep_window';
  END IF;
  IF NOT upkeep.may_remove(NEW.copy_id, identity.clock()) THEN
    RAISE EXCEPTION 'not expired' USING ERRCODE = 'HGU06', CONSTRAINT = 'copy_expired';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION upkeep.copy_removal_guard() IS '承認された指示にある、期限と消せない期間を過ぎた控えだけを、権限を持つ人が消せる';
CREATE TRIGGER copy_removal_guard BEFORE INSERT ON upkeep.copy_removal FOR EACH ROW EXECUTE FUNCTION upkeep.copy_removal_guard();

CREATE FUNCTION upkeep.expire_order_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT upkeep.has_right(NEW.ordered_by, 'backup.expire', identity.clock()) THEN
    RAISE EXCEPTION 'no right' USING ERRCODE = 'HGU01', CONSTRAINT = 'upkeep_right_needed';
  END IF;
  IF coalesce(jsonb_array_length(NEW.content->'copyIds'), 0) = 0
     OR EXISTS (SELECT FROM jsonb_array_elements_text(NEW.content->'copyIds') c WHERE NOT upkeep.may_remove(c, identity.clock())) THEN
    RAISE EXCEPTION 'not expired' USING ERRCODE = 'HGU06', CONSTRAINT = 'copy_expired';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION upkeep.expire_order_guard() IS '控えの消去は、権限を持つ人が、期限と消せない期間を過ぎた控えについてだけ指示できる';
CREATE TRIGGER expire_order_guard BEFORE INSERT ON upkeep.work_order FOR EACH ROW WHEN (NEW.kind = 'expire') EXECUTE FUNCTION upkeep.expire_order_guard();

CREATE FUNCTION upkeep.expire_answer_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.granted AND EXISTS (SELECT FROM upkeep.work_order o WHERE o.order_id = NEW.order_id AND o.kind = 'expire')
     AND NOT upkeep.has_right(NEW.answered_by, 'backup.expire', identity.clock()) THEN
    RAISE EXCEPTION 'no right' USING ERRCODE = 'HGU01', CONSTRAINT = 'upkeep_right_needed';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION upkeep.expire_answer_guard() IS '控えの消去は、権限を持つ別の人だけが承認できる';
CREATE TRIGGER expire_answer_guard BEFORE INSERT ON upkeep.work_answer FOR EACH ROW EXECUTE FUNCTION upkeep.expire_answer_guard();

REVOKE ALL ON FUNCTION upkeep.may_remove, upkeep.copy_removal_guard(), upkeep.expire_order_guard(), upkeep.expire_answer_guard() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION upkeep.may_remove TO hagukumi_upkeep;
GRANT SELECT, INSERT ON upkeep.copy_removal TO hagukumi_upkeep;
