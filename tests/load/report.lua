-- A request for wrk, chosen by its argument, and the sums as one line of JSON.
-- arguments: METHOD PATH [BODY]; %d in PATH or BODY becomes a number that no request had before.
local threads = 0
function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  method, path, body = args[1], args[2], args[3]
  seed = os.time() % 1000000
  sent = 0
  if body then wrk.headers["Content-Type"] = "application/json" end
  wrk.headers["Accept-Encoding"] = "gzip"
  refused = 0
end

function request()
  sent = sent + 1
  local number = string.format("%d%02d%07d", seed, id, sent)
  local with = function(text) return text and (text:gsub("%%d", number)) end
  return wrk.format(method, with(path), nil, with(body))
end

function done(summary, latency, requests)
  io.write(string.format(
    '\n{"p50": %.1f, "p95": %.1f, "requests": %d, "us": %d, "connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}\n',
    latency:percentile(50), latency:percentile(95), summary.requests, summary.duration,
    summary.errors.connect, summary.errors.read, summary.errors.write, summary.errors.status,
    summary.errors.timeout))
end
