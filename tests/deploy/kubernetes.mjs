// Holds manifests against Kubernetes' own schemas, unknown fields included, and what they name against each other: kubernetes.mjs FILE
// Each mistake is a line; the exit code says whether there are any. With a further word it says instead, a line each, what `probes` ask for, the gateway's `args`,
// what is run before a `stop`, or what `init` runs.
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

const mistakes = [];

// Stands for a manifest and notes which of its fields a schema looks at: a field that none looks at is a field that Kubernetes does not know.
function watched(value, path, seen) {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== "string" || !Object.hasOwn(target, key)) return target[key];
      seen.add(`${path}/${key}`);
      return watched(target[key], `${path}/${key}`, seen);
    },
  });
}

function unseen(value, path, seen) {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (seen.has(`${path}/${key}`) || Array.isArray(value) ? unseen(inner, `${path}/${key}`, seen) : [`${path}/${key}`]));
}

async function hold(manifest) {
  const name = `${manifest.kind} ${manifest.metadata?.name}`;
  const model = (await import(`kubernetes-models/${manifest.apiVersion}`))[manifest.kind];
  const seen = new Set(["/apiVersion", "/kind"]);
  try {
    model.prototype.validate.call(watched(manifest, "", seen));
  } catch (fault) {
    mistakes.push(`${name}: ${fault.message}`);
    return;
  }
  for (const path of unseen(manifest, "", seen)) mistakes.push(`${name}: ${path} is not known`);
}

const fits = (selector, labels) => Object.entries(selector?.matchLabels ?? selector ?? {}).every(([key, value]) => labels?.[key] === value);

function holdTogether(manifests) {
  const sets = manifests.filter((manifest) => manifest.kind === "StatefulSet");
  if (sets.length === 0) mistakes.push("there is no StatefulSet");
  for (const { metadata, spec } of sets) {
    const pod = spec.template.spec, labels = spec.template.metadata.labels;
    const say = (what) => mistakes.push(`StatefulSet ${metadata.name}: ${what}`);
    const service = manifests.find((manifest) => manifest.kind === "Service" && manifest.metadata.name === spec.serviceName);
    if (service?.spec.clusterIP !== "None") say("its service is not there, or has an address");
    else if (!fits(service.spec.selector, labels)) say("its service selects others");
    if (!fits(spec.selector, labels)) say("it selects others");
    for (const kind of ["PodDisruptionBudget", "NetworkPolicy"])
      if (!manifests.some((manifest) => manifest.kind === kind && fits(manifest.spec.selector ?? manifest.spec.podSelector, labels))) say(`no ${kind} selects it`);
    if (!manifests.some((manifest) => manifest.kind === "ServiceAccount" && manifest.metadata.name === pod.serviceAccountName)) say("its account is not there");
    const volumes = [...(pod.volumes ?? []), ...(spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata)].map((volume) => volume.name);
    for (const container of [...(pod.initContainers ?? []), ...pod.containers])
      for (const mount of container.volumeMounts ?? []) if (!volumes.includes(mount.name)) say(`${container.name} mounts ${mount.name}, which is not there`);
    for (const container of pod.containers)
      for (const hook of ["startupProbe", "livenessProbe", "readinessProbe", "lifecycle"]) if (!container[hook]) say(`${container.name} has no ${hook}`);
  }
}

const documents = parseAllDocuments(readFileSync(process.argv[2], "utf8"));
for (const fault of documents.flatMap((document) => document.errors)) mistakes.push(fault.message);
const manifests = documents.map((document) => document.toJS());
const word = process.argv[3];
if (word) {
  const pod = manifests.find((manifest) => manifest.kind === "StatefulSet").spec.template.spec, gateway = pod.containers[0];
  const answers = {
    probes: () => [...new Set([gateway.startupProbe, gateway.livenessProbe, gateway.readinessProbe].map((probe) => probe.httpGet.path))],
    args: () => gateway.args,
    stop: () => [gateway.lifecycle.preStop.exec.command.join(" ")],
    init: () => [pod.initContainers[0].command.at(-1)],
  };
  console.log(answers[word]().join("\n"));
} else {
  for (const manifest of manifests) await hold(manifest);
  if (mistakes.length === 0) holdTogether(manifests);
  for (const mistake of mistakes) console.log(mistake);
}
process.exit(mistakes.length === 0 && manifests.length > 0 ? 0 : 1);
