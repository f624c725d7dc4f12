"""Holds queries against a Prometheus that scraped gateways. Each must be understood, and find a series.

queries.py dashboard FILE PROMETHEUS   every query of a Grafana dashboard; what stands in for a series that is not there does not count
queries.py rules FILE PROMETHEUS       every series that alert rules name
queries.py metrics FILE PROMETHEUS     lines of what an operator asks for, a tab, and the query that answers it
"""
import json, re, sys, urllib.error, urllib.parse, urllib.request


def find(query, prometheus):
    url = f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    try:
        return json.load(urllib.request.urlopen(url, timeout=10))["data"]["result"]
    except urllib.error.HTTPError as refused:
        print(refused.read().decode())
        return []


def dashboard(text):
    for panel in json.loads(text)["panels"]:
        for target in panel["targets"]:
            query = target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")
            yield panel["title"], query.removesuffix(" or vector(0)")


def rules(text):
    for name in sorted(set(re.findall(r"\bconcentrator_\w+", text))):
        yield name, name


def metrics(text):
    return [tuple(line.split("\t")) for line in text.splitlines()]


kind, path, prometheus = sys.argv[1:]
queries = list({"dashboard": dashboard, "rules": rules, "metrics": metrics}[kind](open(path).read()))
lost = [(where, query) for where, query in queries if not find(query, prometheus)]
for where, query in lost:
    print(f"{where}: nothing from {query}")
sys.exit(bool(lost) or not queries)
