-- Up Migration
-- 台帳の表をまとめて許したとき、支払処理の状態の表への追加まで許していた。状態の移り方は業務処理では変えられない（M10）。
REVOKE INSERT ON allowance.run_transition FROM hagukumi_allowance;
