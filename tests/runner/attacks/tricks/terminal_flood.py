# claim: a flood at a terminal ends at the limit of output
# terminal: yes
# status: output_limit
while True:
    print("x" * 1000)
