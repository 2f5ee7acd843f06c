"""Holds the packaged template to cfn-lint and checkov. The last line counts: N passed, N failed, N skipped."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

# What is found and we leave, by the id of the rule: why. One that is no longer found must go from the list.
LEFT_BY_CFN_LINT = {
    "W3005": "the framework names dependencies that are known anyway",
    "W8003": "a parameter of serverless.yml is a literal here, so that a condition on it is settled",
    "E3013": "the name of the CDN where none is given: a branch that is not taken",
    "E1159": "its certificate, likewise",
}
LEFT_BY_CHECKOV = {
    "CKV_AWS_18": "no access log of buckets: it would be another copy of what was read, without end",
    "CKV_AWS_21": "no versions: objects are written once, and what is erased must be gone",
    "CKV_AWS_26": "alarms can't publish to a topic under AWS's own key, and one of ours is $1 a month",
    "CKV_AWS_27": "queues are encrypted by SQS's own key, which this rule doesn't count",
    "CKV_AWS_82": "a workgroup that enforces its settings sends marts elsewhere",
    "CKV_AWS_86": "an access log of the CDN holds visitors' addresses",
    "CKV_AWS_115": "the mappings of the queues bound how many run",
    "CKV_AWS_116": "what fails stays in its queue, which has one for dead letters; what a schedule calls is called again",
    "CKV_AWS_117": "nothing that a private network would guard",
    "CKV_AWS_149": "secrets are under AWS's own key",
    "CKV_AWS_158": "logs are under CloudWatch's own key",
    "CKV_AWS_173": "environments are under Lambda's own key",
    "CKV_AWS_174": "TLS 1.2 comes with a name of your own; under CloudFront's there is no choice",
    "CKV_AWS_258": "anybody may send a beacon: the collector judges keys, origins and the CDN's secret itself",
}


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout


def cfn_lint(tools: Path, template: Path) -> dict[str, list[str]]:
    by_rule: dict[str, list[str]] = {}
    for one in json.loads(run(str(tools / "cfn-lint"), "--format", "json", str(template)) or "[]"):
        by_rule.setdefault(one["Rule"]["Id"], []).append("/".join(map(str, one["Location"]["Path"] or [])))
    return by_rule


def checkov(tools: Path, template: Path) -> dict[str, list[str]]:
    text = run(
        str(tools / "checkov"), "--file", str(template), "--framework", "cloudformation", "--output", "json", "--compact", "--quiet"
    )
    by_rule: dict[str, list[str]] = {}
    for one in json.loads(text)["results"]["failed_checks"]:
        by_rule.setdefault(one["check_id"], []).append(one["resource"])
    return by_rule


def seeded(template: dict, change) -> Path:
    """The template with a fault, as a file."""
    copy = json.loads(json.dumps(template))
    change(copy["Resources"])
    file = Path(tempfile.mkdtemp()) / "template.json"
    file.write_text(json.dumps(copy))
    return file


def wrong_attribute(resources: dict) -> None:
    resources["CompactRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][1]["Resource"] = {
        "Fn::GetAtt": ["CompactQueue", "Name"]
    }


def wrong_value(resources: dict) -> None:
    resources["IngestQueue"]["Properties"]["MessageRetentionPeriod"] = 8640000


def every_action(resources: dict) -> None:
    resources["LandRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Action": "*", "Resource": "*"}
    )


def open_bucket(resources: dict) -> None:
    del resources["LakeBucket"]["Properties"]["PublicAccessBlockConfiguration"]


def main() -> int:
    tools, template = Path(sys.argv[1]), Path(sys.argv[2])
    text = json.loads(template.read_text())
    for tool in ("cfn-lint", "checkov"):
        print(tool, run(str(tools / tool), "--version").strip().removeprefix("cfn-lint "))
    verdicts: list[tuple[str, bool]] = []

    for name, judge, left, faults in (
        ("cfn-lint", cfn_lint, LEFT_BY_CFN_LINT, (wrong_attribute, wrong_value)),
        ("checkov", checkov, LEFT_BY_CHECKOV, (every_action, open_bucket)),
    ):
        found = judge(tools, template)
        for rule in sorted(set(found) | set(left)):
            known = rule in left and rule in found
            if not known:
                print(f"  {name}: {rule}:", ", ".join(found.get(rule, ["is no longer found: take it off the list"])))
            verdicts.append((f"{name} {rule}: {left.get(rule, 'not on the list')}", known))
        verdicts.append((f"{name} finds nothing else in {len(text['Resources'])} resources", set(found) <= set(left)))
        for fault in faults:
            after = judge(tools, seeded(text, fault))
            more = sorted(rule for rule in after if len(after[rule]) > len(found.get(rule, [])))
            verdicts.append((f"{name} notices {fault.__name__} ({', '.join(more)})", bool(more)))

    for name, good in verdicts:
        print("ok    " if good else "FAILED", name)
    failed = sum(not good for _, good in verdicts)
    print(f"{len(verdicts) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
