/*
 * The one place that names echarts. In what is built for a device this module is echarts itself, in one file
 * (scripts/vendor-charts.mjs): the package, a development dependency, is 64 MB with its parts.
 */
export { type EChartsCoreOption, init } from 'echarts';
