() => {  // Gradio's sign of loading goes on counting, sixty times a second, after it has gone
  const ask = window.requestAnimationFrame.bind(window);
  const shown = () => document.getElementById("app-tabs");
  let present = null;  // the chain of the frame that is being made: each asks for the one after it
  window.requestAnimationFrame = (frame) => {
    const chain = present ?? { early: !shown(), source: String(frame), frame: null };
    const again = chain.frame && chain.frame !== frame && chain.source === String(frame);
    if (chain.early && again && shown()) return 0;
    chain.frame = frame;
    return ask((time) => {
      present = chain;
      try {
        frame(time);
      } finally {
        present = null;
      }
    });
  };
}
