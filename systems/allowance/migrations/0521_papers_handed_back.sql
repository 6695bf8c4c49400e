-- Up Migration
-- 要らない書類は返し、返したことを記録する（評価書 III-2 ②「不要な書類は返却する」）。返した書類の行は code = 'handedBack' で、書類の名・
-- 返した方法・理由を持ち、足りない書類の数え方には入らない。決まったあと・取り下げられたあとでも返せる（0112 の見張りのまま）。
ALTER TABLE allowance.filing_document
  ADD COLUMN paper text CHECK (length(paper) BETWEEN 1 AND 80),
  ADD COLUMN handed_back text CHECK (handed_back IN ('counter', 'post')),
  ADD CONSTRAINT filing_document_handed_back CHECK (
    (code = 'handedBack') = (handed_back IS NOT NULL) AND (code = 'handedBack') = (paper IS NOT NULL)
    AND (code <> 'handedBack' OR state = 'returned' AND reason IS NOT NULL));
COMMENT ON COLUMN allowance.filing_document.paper IS '返した書類の名（返却の行だけ）';
COMMENT ON COLUMN allowance.filing_document.handed_back IS '返した方法（counter 窓口で手渡し・post 郵送。返却の行だけ）';
COMMENT ON CONSTRAINT filing_document_handed_back ON allowance.filing_document IS '返した書類には、名・方法・理由が要る';
