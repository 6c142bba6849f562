async () => {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({video: true});
    stream.getTracks().forEach(track => track.stop());
    return [''];
  } catch (error) {
    return [String(error.name)];
  }
}
