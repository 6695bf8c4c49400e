-- Up Migration
-- 消滅・減額の事由「ほかの人が受給者になった」（同居優先・未成年後見人など）を、監護の終わりと分けて持つ。
INSERT INTO allowance.code (domain, code, identifier, label, valid_from, revision, entered_by, approved_by)
VALUES ('cause', '32', 'otherRecipient', 'ほかの人が受給者になった', '2010-04-01', 1, 'initial.entry', 'initial.approval');
