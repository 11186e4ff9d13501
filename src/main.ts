process.stdout.write('facefleet\n');
