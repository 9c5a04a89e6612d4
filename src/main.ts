process.stdout.write('provision\n')
