local name = io.read("l") or ""
if name == "" then name = "world" end
print("hello, " .. name)
