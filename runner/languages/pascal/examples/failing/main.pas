program Failing;

begin
  WriteLn('so far, so good');
  WriteLn(StdErr, 'this one is meant to fail');
  Halt(3);
end.
