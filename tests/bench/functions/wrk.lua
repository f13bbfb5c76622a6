-- wrk.lua - one request again and again, as the environment says: METHOD, BODY, TOKEN; PAUSE: mean milliseconds
-- that each connection waits before a request (none: at once). Prints what was measured as JSON.

wrk.method = os.getenv("METHOD")
wrk.body = os.getenv("BODY")
if wrk.body then wrk.headers["Content-Type"] = "application/json" end
if os.getenv("TOKEN") then wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN") end

local pause = tonumber(os.getenv("PAUSE"))
if pause then
  -- Exponential, so that requests come as from many people who know nothing of one another.
  delay = function() return math.min(10 * pause, math.floor(-pause * math.log(1 - math.random()) + 0.5)) end
end

done = function(summary, latency)
  local e = summary.errors
  print(string.format('{"requests":%d,"us":%d,"p50":%d,"p99":%d,"failed":%d,"not_ok":%d}', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout, e.status))
end
