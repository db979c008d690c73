// Plotly, from its file on the server: fetched once in a page, for whoever needs it first.

function plotly() {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  window.plotlyOnItsWay ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(PLOTLY_FILE, document.baseURI); // of a page, which is beside it
    const end = () => {
      if (window.Plotly) return resolve(window.Plotly);
      script.remove();
      delete window.plotlyOnItsWay; // whoever asks next tries again
      reject(new Error(`${script.src} could not be fetched`));
    };
    script.addEventListener("load", end);
    script.addEventListener("error", end);
    document.head.append(script);
  });
  return window.plotlyOnItsWay;
}
