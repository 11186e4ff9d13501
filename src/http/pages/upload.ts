document.title ||= 'facefleet';
