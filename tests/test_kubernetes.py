"""deploy/kubernetes.yaml, as far as it can be tried without a cluster."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
NGINX = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
Resource = dict[str, Any]


RESOURCES: list[Resource] = [
    resource
    for document in yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8"))
    for resource in document.get("items", [document])  # a List's
]
INGRESSES = {found["metadata"]["name"]: found for found in RESOURCES if found["kind"] == "Ingress"}


def one(kind: str) -> Resource:
    """The only resource of that kind."""
    (resource,) = (resource for resource in RESOURCES if resource["kind"] == kind)
    return resource


POD = one("Deployment")["spec"]["template"]
(PAGE,) = POD["spec"]["containers"]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
def test_it_keeps_the_published_schema(resource: Resource) -> None:
    """Kubernetes knows every field, and each value is of its kind."""
    kubernetes_validate.validate(resource, kubernetes_validate.latest_version(), strict=True)


def test_it_runs_the_image_as_the_image_is() -> None:
    """The Dockerfile's user and port, nothing to write on but /tmp, and no right that it does not need."""
    assert f"USER {POD['spec']['securityContext']['runAsUser']}:" in DOCKERFILE
    assert POD["spec"]["securityContext"]["runAsNonRoot"]
    assert not POD["spec"]["automountServiceAccountToken"]
    assert [f"EXPOSE {port['containerPort']}" in DOCKERFILE for port in PAGE["ports"]] == [True]
    assert PAGE["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [mount["mountPath"] for mount in PAGE["volumeMounts"]] == ["/tmp"]


def test_all_of_it_means_the_same_pods() -> None:
    """Service, autoscaler and disruption budget find the Deployment's pods, each Ingress the Service."""
    deployment, service = one("Deployment"), one("Service")
    labels = POD["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert service["spec"]["selector"] == labels
    assert one("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    scaled = one("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert (scaled["kind"], scaled["name"]) == ("Deployment", deployment["metadata"]["name"])
    assert service["spec"]["ports"][0]["targetPort"] == PAGE["ports"][0]["name"]
    hosts = {rule["host"] for ingress in INGRESSES.values() for rule in ingress["spec"]["rules"]}
    assert hosts == {one["value"] for one in PAGE["env"] if one["name"] == "LENET_HOSTS"}
    for path in (path for paths in routes().values() for path in paths):
        assert path["backend"]["service"]["name"] == service["metadata"]["name"]


def test_an_update_of_the_pods_loses_no_drawing() -> None:
    """A pod gets requests only while it is healthy, goes after another has come, and ends what it has begun."""
    assert {PAGE[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "readiness", "liveness")} == {
        "/healthz"
    }
    assert one("Deployment")["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert one("HorizontalPodAutoscaler")["spec"]["minReplicas"] > 1
    pause = PAGE["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert 5 <= pause < POD["spec"]["terminationGracePeriodSeconds"] - 5


def test_memory_is_what_the_benchmark_measured() -> None:
    """A pod asks for what a process has been seen to take, and may take the 100 MB beyond it that one request may."""
    figures = json.loads((ROOT / "docs" / "benchmark" / "load.json").read_text("utf-8"))["figures"]
    (highest,) = (figure["value"] for figure in figures if figure["name"] == "server, highest")
    asked, most = (
        int(PAGE["resources"][kind]["memory"].removesuffix("Mi")) for kind in ("requests", "limits")
    )
    assert highest < asked
    assert asked + 100 < most


def routes() -> dict[str, list[Resource]]:
    """The paths of each Ingress that has some."""
    return {
        name: rule["http"]["paths"]
        for name, ingress in INGRESSES.items()
        for rule in ingress["spec"]["rules"]
        if "http" in rule
    }


def directive(name: str, text: str = NGINX) -> str:
    """What nginx.conf says of a directive."""
    (value,) = re.findall(rf"^\s*{name} ([^;]+);", text, re.MULTILINE)
    return value


def test_limits_are_nginx_confs() -> None:
    """Each Ingress has the rate, the burst and the other limits of nginx.conf's location for its paths."""
    for name, paths in routes().items():
        annotations = INGRESSES[name]["metadata"]["annotations"]
        for path in paths:
            (location,) = [text for head, text in locations() if serves(head, path["path"])]
            limit = dict(part.split("=") for part in directive("limit_req", location).split() if "=" in part)
            (rate,) = re.findall(rf"zone={limit['zone']}:\w+ rate=(\w+/s);", NGINX)
            assert annotations["nginx.org/limit-req-rate"] == rate, path
            assert annotations["nginx.org/limit-req-burst"] == limit["burst"], path
            assert annotations["nginx.org/limit-req-delay"] == limit.get("delay", "0"), path
        for key, value in annotations.items():
            setting = key.removeprefix("nginx.org/").replace("-", "_")
            if setting.startswith(("client_", "proxy_")) and setting != "proxy_buffering":
                assert value == directive(setting), key


def locations() -> list[tuple[str, str]]:
    """nginx.conf's locations for requests: their heads and what is in them."""
    return [
        found
        for found in re.findall(r"location ([^{]+) {\n(.*?)\n        }", NGINX, re.DOTALL)
        if "limit_req" in found[1]
    ]


def serves(head: str, path: str) -> bool:
    """Whether a location is that of an Ingress' path."""
    kind, _, rest = head.rpartition(" ")
    if kind == "~":
        return bool(re.search(rest, path))
    return rest.rstrip("/") == path.rstrip("/")
