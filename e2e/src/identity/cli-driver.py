"""Runs command lines of the AWS CLI that is installed, many in one process: starting it is what takes time.

Reads one JSON object a line ({"args": [...], "env": {...}}) and answers with one ({"code", "out", "err"}).
"""

import contextlib
import io
import json
import os
import sys

import awscli.clidriver


# One for each caller: it keeps its credentials, and the services' models that it has read.
drivers = {}


def run(args, env):
    out, err = io.StringIO(), io.StringIO()
    os.environ.update(env)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            key = env["AWS_ACCESS_KEY_ID"]
            if key not in drivers:
                drivers[key] = awscli.clidriver.create_clidriver()
            code = drivers[key].main(args)
        except SystemExit as stop:
            code = stop.code
    for name in env:
        os.environ.pop(name, None)
    return {"code": code or 0, "out": out.getvalue(), "err": err.getvalue()}


answers = sys.stdout
for line in sys.stdin:
    request = json.loads(line)
    answers.write(json.dumps(run(request["args"], request["env"])) + "\n")
    answers.flush()
