// What serverless.yml includes: the alarms and the dashboard of this stage.
const { monitoring } = require('./template.cjs');

module.exports = async ({ resolveVariable }) =>
  monitoring({
    stage: await resolveVariable('sls:stage'),
    email: await resolveVariable('param:alarmEmail'),
    metricMath: await resolveVariable('param:metricMath'),
    parameters: { spendPerDay: await resolveVariable('param:spendPerDay') },
  });
