-- Up Migration
-- 取消・再決定（0185）を知らせる通知の材料。
INSERT INTO allowance.notice_kind VALUES ('decisionCancelled', '処分取消通知書（取り消した決定と、決め直した決定）');
