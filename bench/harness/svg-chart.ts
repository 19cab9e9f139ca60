import { type EChartsCoreOption, init } from 'echarts';

/** px, of every chart in the documents. */
const CHART_WIDTH = 960;

/** A chart as an SVG file's text. @param height px */
export function svgChart(height: number, options: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: CHART_WIDTH, height });
  try {
    chart.setOption({ animation: false, backgroundColor: '#fff', textStyle: { fontFamily: 'sans-serif' }, ...options });
    return `${chart.renderToSVGString()}\n`;
  } finally {
    chart.dispose(); // its timers would keep the process alive
  }
}
