async () => {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({video: true});
    for (const track of stream.getTracks()) track.stop();
    return [''];
  } catch (error) {
    return [String(error.name)];
  }
}
