program Hello;

var
  name: string;

begin
  ReadLn(name);
  if name = '' then
    name := 'world';
  WriteLn('hello, ', name);
end.
