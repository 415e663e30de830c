"""What others say of the values that judge.c drew: check.py JUDGE COUNT SEED. Prints TAP.

python3-stdnum (cn.ric, cn.uscc, luhn) and python3-phonenumbers (libphonenumber's metadata) know nothing of dyetrace;
where neither knows a kind, the rule of the kind is written here a second time, as a regular expression.
"""
import re
import subprocess
import sys

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

JUDGE, COUNT, SEED = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def resident_id(text):
    """Of cn.ric all but the place: its list has 3,377 of the 7,198 codes that were ever assigned."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", text) or ric.calc_check_digit(text) != text[17]:
        return None
    try:
        born = ric.get_birth_date(text)
    except ValidationError:
        return None
    return text if 1800 <= born.year < 2100 else None


def short_id(text):
    if not re.fullmatch("[0-9]{15}", text):
        return resident_id(text)
    text = text[:6] + "19" + text[6:]
    return resident_id(text + ric.calc_check_digit(text + "0"))


def social_code(text):
    """cn.uscc wants digits in the first two places too; the departments beyond commerce have letters there."""
    if not re.fullmatch("[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", text):
        return None
    if text[:2].isdigit():
        return text if uscc.is_valid(text) else None
    return text if uscc.calc_check_digit(text) == text[17] else None


def bank_card(text):
    return text if re.fullmatch("[1-9][0-9]{15,18}", text) and luhn.is_valid(text) else None


def s10(text):
    if not re.fullmatch("[A-Z]{2}[0-9]{9}[A-Z]{2}", text):
        return text if waybill(text) else None
    remainder = sum(int(d) * w for d, w in zip(text[2:10], (8, 6, 4, 2, 3, 5, 9, 7))) % 11
    return text if int(text[10]) == {0: 5, 1: 0}.get(remainder, 11 - remainder) else None


def pattern(expression, canonical=str):
    compiled = re.compile(expression, re.ASCII)
    return lambda text: canonical(text) if compiled.fullmatch(text) else None


waybill = pattern(r"SF\d{12,16}|\d{12,13}|\d{15}|YT\d{13}|7[3578]\d{12}|77\d{13}|JD[A-Z]{1,2}\d{11,12}|JT\d{12,13}|DPK\d{12}")
RULES = {
    "resident_id": resident_id,
    "short_id": short_id,
    "uscc": social_code,
    "bank_card": bank_card,
    "s10": s10,
    "waybill": waybill,
    "plate": pattern("[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][A-HJ-Z][A-HJ-NP-Z0-9]{5,6}"),
    "passport": pattern(r"E(\d|[A-HJ-NP-Z])\d{7}"),
    "permit": pattern(r"C(\d|[A-HJ-NP-Z])\d{7}|[HM]\d{8}(\d{2})?"),
    "qq": pattern(r"[1-9]\d{4,10}"),
    "wechat": pattern("[A-Za-z][-_A-Za-z0-9]{5,19}", str.lower),
}
AGREES = {
    "resident_id": "python3-stdnum, cn.ric",
    "short_id": "python3-stdnum, cn.ric, of the digits that 15 lack",
    "uscc": "python3-stdnum, cn.uscc",
    "bank_card": "python3-stdnum, luhn",
}

tests = failures = 0


def judged(kind, count=COUNT):
    with subprocess.Popen([JUDGE, kind, SEED, str(count)], stdout=subprocess.PIPE, encoding="utf-8") as judge:
        for line in judge.stdout:
            text, verdict, short = line.rstrip("\n").split("\t")
            yield text, None if verdict == "-" else verdict, short
    if judge.returncode != 0:
        raise SystemExit(f"judge {kind} ended with {judge.returncode}")


def report(sentence, wrong):
    global tests, failures
    tests += 1
    failures += bool(wrong)
    print(f"{'not ok' if wrong else 'ok'} {tests} - {sentence}")
    for line in wrong[:10]:
        print("#  ", line)
    if len(wrong) > 10:
        print(f"#   and {len(wrong) - 10} more")
    sys.stdout.flush()


def judge_kind(kind):
    wrong, read, total = [], 0, 0
    for text, verdict, short in judged(kind):
        want = RULES[kind](text)
        total += 1
        read += verdict is not None
        if verdict != want:
            wrong.append(f"{text} was read as {verdict}, not {want}")
        elif kind == "short_id" and len(text) == 15 and verdict and short != text:
            wrong.append(f"{text} came back as {short}")
    if not 0.05 * total < read < 0.95 * total:
        wrong.append(f"{read} of {total} are valid: this says nothing")
    by = AGREES.get(kind, "a regular expression")
    report(f"{total} values of {kind}, {read} of them valid, are judged as by {by}", wrong)


def parsed(text):
    try:
        return phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None


def is_mobile(number):
    return (number is not None and number.country_code == 86
            and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE)


def judge_mobiles():
    """Whatever it knows as a mobile, so do we, and by the same digits; of ours it knows those of the ranges in use."""
    wrong, known, total = [], 0, 0
    for text, verdict, _ in judged("mobile"):
        number = parsed(text)
        total += 1
        if is_mobile(number):
            known += 1
            if verdict != str(number.national_number):
                wrong.append(f"{text} was read as {verdict}, not {number.national_number}")
        elif verdict is not None and not phonenumbers.is_possible_number(parsed("+86" + verdict)):
            wrong.append(f"{text} was read as {verdict}, which no number can be")
    if not 0.05 * total < known < 0.95 * total:
        wrong.append(f"{known} of {total} are mobiles: this says nothing")
    report(f"{total} texts, {known} of them mobiles by libphonenumber, are read as it reads them", wrong)


def judge_spaces():
    wrong = [f"{text} is assigned" for text, _, _ in judged("safe_mobile") if phonenumbers.is_valid_number(parsed(text))]
    report(f"{COUNT} mobiles of the default space are in no range that libphonenumber knows", wrong)
    areas, wrong = set(), []
    for text, verdict, _ in judged("safe_id"):
        if resident_id(text) != verdict or verdict is None:
            wrong.append(f"{text} was read as {verdict}")
        areas.add(text[:6])
    for area in sorted(areas):
        try:
            wrong.append(f"{area} is {ric.get_birth_place(area)}")
        except (ValidationError, IndexError):
            pass
    report(f"{COUNT} IDs of the default space are valid by stdnum, and none of their {len(areas)} areas is a place", wrong)


for rule in RULES:
    judge_kind(rule)
judge_mobiles()
judge_spaces()
print(f"1..{tests}")
sys.exit(failures != 0)
