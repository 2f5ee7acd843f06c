"""judge.py AWS ROOT FOLDER: starts `retcon dev` of ROOT over a lake in FOLDER and talks to it with the AWS CLI."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

AWS, ROOT, FOLDER = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3])
COUNT = {"passed": 0, "failed": 0, "skipped": 0}


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


PORT, AWS_PORT = free_port(), free_port()
ENV = {
    **os.environ,
    "AWS_ACCESS_KEY_ID": "anything",
    "AWS_SECRET_ACCESS_KEY": "anything",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": str(FOLDER / "no-config"),
    "AWS_PAGER": "",
}


def retcon(*words):
    command = ["node", str(ROOT / "bin/retcon.mjs"), *words]
    return subprocess.run(command, cwd=FOLDER / "project", env=ENV, capture_output=True, text=True, check=True).stdout


def aws(*words, reads=True):
    """One call of the CLI. Gives what it prints: read as JSON, or as it is."""
    command = [AWS, "--endpoint-url", f"http://127.0.0.1:{AWS_PORT}", *words]
    done = subprocess.run(command, env=ENV, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"aws {' '.join(words)}: {done.returncode} {done.stderr.strip()}")
    return json.loads(done.stdout) if reads and done.stdout.strip() else done.stdout


def check(name, judge):
    began = time.time()
    try:
        judge()
        COUNT["passed"] += 1
        print(f"ok      {time.time() - began:5.1f} s  {name}", flush=True)
    except Exception as cause:  # noqa: BLE001 a judge tells whatever went wrong
        COUNT["failed"] += 1
        print(f"FAILED  {time.time() - began:5.1f} s  {name}\n{type(cause).__name__}: {cause}", flush=True)


def equal(found, wanted):
    assert found == wanted, f"{found!r} is not {wanted!r}"


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sync():
    there, back = FOLDER / "there", FOLDER / "back"
    (there / "a b").mkdir(parents=True)
    (there / "a b" / "ü+%.txt").write_text("text")
    (there / "empty").write_bytes(b"")
    # Beyond 8 MB the CLI sends parts.
    (there / "parts.bin").write_bytes(os.urandom(20_000_000))
    aws("s3", "sync", str(there), "s3://lake/copy/", reads=False)
    listed = aws("s3api", "list-objects-v2", "--bucket", "lake", "--prefix", "copy/")["Contents"]
    equal({one["Key"]: one["Size"] for one in listed}, {"copy/a b/ü+%.txt": 4, "copy/empty": 0, "copy/parts.bin": 20_000_000})
    equal(aws("s3", "sync", str(there), "s3://lake/copy/", reads=False), "")
    aws("s3", "sync", "s3://lake/copy/", str(back), reads=False)
    equal(digests(back), digests(there))
    aws("s3", "rm", "--recursive", "s3://lake/copy/", reads=False)
    equal(aws("s3api", "list-objects-v2", "--bucket", "lake", "--prefix", "copy/").get("KeyCount", 0), 0)


def conditions():
    body = FOLDER / "body"
    body.write_text("one")
    put = ["s3api", "put-object", "--bucket", "lake", "--key", "cli/once", "--body", str(body)]
    aws(*put, "--if-none-match", "*")
    try:
        aws(*put, "--if-none-match", "*")
    except AssertionError as refused:
        assert "PreconditionFailed" in str(refused), refused
    else:
        raise AssertionError("the second put was taken")
    aws("s3", "rm", "s3://lake/cli/once", reads=False)


def queues():
    url = aws("sqs", "create-queue", "--queue-name", "cli")["QueueUrl"]
    body = '{"text":"ü \\" <&>"}'
    sent = aws("sqs", "send-message", "--queue-url", url, "--message-body", body)
    equal(sent["MD5OfMessageBody"], hashlib.md5(body.encode()).hexdigest())
    [received] = aws("sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "1")["Messages"]
    equal((received["Body"], received["MessageId"]), (body, sent["MessageId"]))
    aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", received["ReceiptHandle"])
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    left = aws("sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", *names)
    equal(left["Attributes"], {name: "0" for name in names})
    aws("sqs", "delete-queue", "--queue-url", url)


def rules():
    found = aws("events", "list-rules", "--event-bus-name", "retcon")["Rules"]
    assert {"compacted", "sessionized"} <= {rule["Name"] for rule in found}, found
    pattern = json.dumps({"source": ["retcon"], "detail": {"rows": [{"numeric": [">", 10]}]}})
    event = {"id": "1", "account": "1", "source": "retcon", "time": "2026-03-01T00:00:00Z", "region": "r",
             "resources": [], "detail-type": "t"}  # fmt: skip
    for rows, wanted in [(10, False), (11, True)]:
        told = json.dumps({**event, "detail": {"rows": rows}})
        equal(aws("events", "test-event-pattern", "--event-pattern", pattern, "--event", told)["Result"], wanted)


def catalog():
    tables = {table["Name"] for table in aws("glue", "get-tables", "--database-name", "retcon")["TableList"]}
    assert {"events", "sessions", "events_all", "current_release", "mart_daily_traffic"} <= tables, tables
    days = lambda expression: {  # noqa: E731
        part["Values"][2]
        for part in aws("glue", "get-partitions", "--database-name", "retcon", "--table-name", "sessions_all",
                        "--expression", expression)["Partitions"]
    }  # fmt: skip
    equal(days("dt >= '2026-03-02'"), {"2026-03-02"})


def ask(sql):
    started = aws("athena", "start-query-execution", "--query-string", sql, "--query-execution-context",
                  "Database=retcon", "--result-configuration", "OutputLocation=s3://lake/results/")  # fmt: skip
    query = started["QueryExecutionId"]
    for _ in range(100):
        status = aws("athena", "get-query-execution", "--query-execution-id", query)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.2)
    equal((status["State"], status.get("StateChangeReason")), ("SUCCEEDED", None))
    rows = aws("athena", "get-query-results", "--query-execution-id", query)["ResultSet"]["Rows"]
    return query, [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows[1:]]


SESSIONS = "SELECT landing_page, page_views FROM sessions ORDER BY started_at"


def question():
    query, rows = ask(SESSIONS)
    equal(rows, [["/a", "2"], ["/c", "1"]])
    aws("s3", "cp", f"s3://lake/results/{query}.csv", str(FOLDER / "rows.csv"), reads=False)
    equal((FOLDER / "rows.csv").read_text(), '"landing_page","page_views"\n"/a","2"\n"/c","1"\n')


def redefinition():
    proposal = FOLDER / "shorter.yaml"
    # The views of /a and /b are 20 minutes apart.
    proposal.write_text("sessions: { inactivity: 15m }\napply: true\nmax_cost: 1\n")
    aws("s3", "cp", str(proposal), "s3://lake/config/proposals/shorter.yaml", reads=False)
    for _ in range(40):
        _, [[release]] = ask("SELECT max(release) FROM releases")
        if release == "2":
            break
        time.sleep(1)
    equal(ask(SESSIONS)[1], [["/a", "1"], ["/b", "1"], ["/c", "1"]])


def recheck():
    detail = json.dumps({"reason": "by hand", "site": "shop", "force": True})
    entry = {"Source": "retcon", "DetailType": "Reprocess Requested", "EventBusName": "retcon", "Detail": detail}
    equal(aws("events", "put-events", "--entries", json.dumps([entry]))["FailedEntryCount"], 0)
    for _ in range(40):
        listed = aws("s3api", "list-objects-v2", "--bucket", "lake", "--prefix", "state/answers/").get("Contents", [])
        answers = [aws("s3", "cp", f"s3://lake/{one['Key']}", "-") for one in listed]
        told = [answer for answer in answers if answer.get("is") == "equal"]
        if told:
            equal(told[0]["computed"]["sessions"], 2)
            return
        time.sleep(1)
    raise AssertionError(f"no answer says that it was computed again: {answers}")


def make_lake():
    project = FOLDER / "project"
    (project / "sites").mkdir(parents=True)
    (project / "sites/shop.yaml").write_text("site: shop\nhosts: [shop.example]\ntime_zone: UTC\n")
    url = "https://shop.example"
    (project / "in.csv").write_text(
        f"visitor,time,url\na,2026-03-01T10:00:00Z,{url}/a\na,2026-03-01T10:20:00Z,{url}/b\nb,2026-03-02T10:00:00Z,{url}/c\n"
    )
    retcon("init", ".")
    retcon("import", "in.csv", "--site", "shop", "--format", "csv")


make_lake()
log = open(FOLDER / "dev.log", "w")
dev = subprocess.Popen(
    ["node", str(ROOT / "bin/retcon.mjs"), "dev", "--port", str(PORT), "--aws-port", str(AWS_PORT)],
    cwd=FOLDER / "project", env=ENV, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
)  # fmt: skip
try:
    for _ in range(100):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", AWS_PORT)) == 0:
                break
        time.sleep(0.2)
    check("s3 sync there and back, parts included, and nothing twice", sync)
    check("s3api put-object only where nothing is", conditions)
    check("sqs: a message there and back", queues)
    check("events: rules and patterns", rules)
    check("glue: tables, and partitions by an expression", catalog)
    check("athena: a question, its rows and its file", question)
    check("a definition file put into the lake redefines history", redefinition)
    check("an event has history computed again and found equal", recheck)
finally:
    dev.terminate()
    dev.wait(30)
if COUNT["failed"]:
    print((FOLDER / "dev.log").read_text()[-2000:])
print(", ".join(f"{count} {name}" for name, count in COUNT.items()))
sys.exit(COUNT["failed"] > 0)
