begin
  WriteLn(missing);
end.
